# Where its state is: environments/<env>.gcs.tfbackend, and the prefix by the stack's name (terraform/README.md).
terraform {
  backend "gcs" {}
}
