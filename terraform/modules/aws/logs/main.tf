# What the account's identities did: changes of settings always, access to data as the profile says. What the functions say is in log
# groups of their own, made with them.
data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  trail     = "arn:${local.partition}:cloudtrail:${data.aws_region.current.region}:${local.account}:trail/${var.prefix}"

  # Reads and writes of objects, one entry a call, which bills by the call.
  data_events = {
    for type in lookup(var.audit, "s3", []) : type => {
      read_only = type == "DATA_READ" ? "true" : "false"
    }
  }
}

resource "aws_cloudtrail" "this" {
  #checkov:skip=CKV_AWS_252:Nobody is told of each file; alarms are on metrics.
  #checkov:skip=CKV2_AWS_10:Files in the bucket are read by query; a log group would keep and bill the same twice.
  name                          = var.prefix
  s3_bucket_name                = module.bucket.settled
  enable_log_file_validation    = true
  include_global_service_events = true
  is_multi_region_trail         = true
  kms_key_id                    = var.key

  advanced_event_selector {
    name = "Changes of settings, without the noise of keys"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }

    # A key is used with every message. Its uses are most of what there would be to read, and tell nothing about who changed what.
    field_selector {
      field      = "eventSource"
      not_equals = ["kms.amazonaws.com", "rdsdata.amazonaws.com"]
    }
  }

  dynamic "advanced_event_selector" {
    for_each = local.data_events

    content {
      name = advanced_event_selector.key

      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }

      field_selector {
        field       = "resources.ARN"
        starts_with = ["arn:${local.partition}:s3:::${var.prefix}-archive-"]
      }

      field_selector {
        field  = "readOnly"
        equals = [advanced_event_selector.value.read_only]
      }

      field_selector {
        field  = "resources.type"
        equals = ["AWS::S3::Object"]
      }
    }
  }
}
