# Where its state is: environments/<env>.s3.tfbackend, and the key by the stack's name (terraform/README.md).
terraform {
  backend "s3" {}
}
