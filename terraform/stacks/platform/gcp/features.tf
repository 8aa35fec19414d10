locals {
  features = merge({ tracing = true }, var.features)
}
