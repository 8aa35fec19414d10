variables {
  alarm_topic = "arn:aws:sns:us-east-1:000000000000:isthmus-dev-alarms"
  boundary    = "arn:aws:iam::000000000000:policy/isthmus-test-boundary"
  bucket_arn  = "arn:aws:s3:::isthmus-test-archive-000000000000-us-east-1"
  key         = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  log_key     = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  prefix      = "isthmus-test"
}

run "before_its_subject_is_known_nobody_gets_in" {
  command = plan

  assert {
    condition     = length(aws_iam_role.transfer) + length(aws_datasync_task.archive) == 0
    error_message = "there is a role for nobody, or a task that nobody asked for"
  }
}

run "storage_transfer_reads_events_and_writes_nothing" {
  command = plan

  variables {
    transfer_subject = "100000000000000000000"
  }

  assert {
    condition     = length(aws_iam_role.transfer) == 1 && strcontains(aws_iam_role_policy.transfer[0].policy, "/events/*")
    error_message = "the role reads something else"
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.transfer[0].policy, "s3:Put") && !strcontains(aws_iam_role_policy.transfer[0].policy, "s3:Delete")
    error_message = "the role writes"
  }
}

run "datasync_writes_nothing_over" {
  command = plan

  variables {
    datasync = { schedule = "rate(1 day)", source_location = "arn:aws:datasync:us-east-1:000000000000:location/loc-0123456789abcdef0" }
  }

  assert {
    condition     = aws_datasync_task.archive[0].options[0].overwrite_mode == "NEVER" && aws_datasync_task.archive[0].options[0].preserve_deleted_files == "PRESERVE"
    error_message = "an object that is there can be written over or deleted"
  }
}

run "an_email_is_no_subject" {
  command = plan

  variables {
    transfer_subject = "project-1@storage-transfer-service.iam.gserviceaccount.com"
  }

  expect_failures = [var.transfer_subject]
}
