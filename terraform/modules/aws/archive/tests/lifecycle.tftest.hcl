variables {
  key    = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  prefix = "isthmus-test"
}

run "nothing_moves_and_nothing_goes_unless_asked" {
  command = plan

  assert {
    condition     = join(" ", sort([for rule in aws_s3_bucket_lifecycle_configuration.archive.rule : rule.id])) == "aborted-uploads noncurrent"
    error_message = "there are other rules"
  }
}

run "days_become_rules" {
  command = plan

  variables {
    lifecycle_days = { archive = 90, expire = 400, infrequent = 30 }
  }

  assert {
    condition     = length([for rule in aws_s3_bucket_lifecycle_configuration.archive.rule : rule if rule.id == "tiers" ? length(rule.transition) == 2 : false]) == 1
    error_message = "objects do not move twice"
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.archive.rule : rule.expiration[0].days if rule.id == "expire"][0] == 400
    error_message = "events do not go after their days"
  }
}

run "an_archive_before_the_class_before_it_is_refused" {
  command = plan

  variables {
    lifecycle_days = { archive = 40, infrequent = 30 }
  }

  expect_failures = [var.lifecycle_days]
}
