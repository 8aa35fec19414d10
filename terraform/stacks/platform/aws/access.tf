# What each function may call: the calls that its handler makes, and nothing else. To reach the other cloud an AWS function signs
# GetCallerIdentity with its own credentials, which needs no permission.
locals {
  # What a reader of a queue needs, with its dead letters.
  readers = {
    for name, queue in module.messaging.queues : name => {
      dead_letter = module.messaging.dead_letters[name].arn
      queue       = queue.arn
    }
  }
}

data "aws_iam_policy_document" "function" {
  for_each = toset(concat(["archive", "bridge", "ingest"], keys(local.handlers)))

  dynamic "statement" {
    for_each = { for name, reader in local.readers : name => reader if name == each.key }

    content {
      sid = "Receive"
      actions = [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
      ]
      resources = [statement.value.queue]
    }
  }

  dynamic "statement" {
    for_each = { for name, reader in local.readers : name => reader if name == each.key }

    content {
      sid       = "DeadLetter"
      actions   = ["sqs:SendMessage"]
      resources = [statement.value.dead_letter]
    }
  }

  dynamic "statement" {
    for_each = each.key == "ingest" ? ["topic"] : []

    content {
      sid       = "Publish"
      actions   = ["sns:GetTopicAttributes", "sns:Publish"] # the first is what /readyz asks
      resources = [module.messaging.topic]
    }
  }

  # Decrypt to read a message, GenerateDataKey to write one; whoever writes an encrypted message needs both.
  statement {
    sid       = "Messages"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [local.keys.messaging]
  }

  # A conditional write (If-None-Match) needs no permission to read. Decrypt is for uploads in parts.
  dynamic "statement" {
    for_each = each.key == "archive" ? ["bucket"] : []

    content {
      sid       = "Store"
      actions   = ["s3:PutObject"]
      resources = ["${module.archive.bucket_arn}/events/*", "${module.archive.bucket_arn}/quarantine/*"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "archive" ? ["key"] : []

    content {
      sid       = "Objects"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [local.keys.storage]
    }
  }
}
