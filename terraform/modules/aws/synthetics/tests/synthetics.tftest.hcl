variables {
  alarm_topic = "arn:aws:sns:us-east-1:000000000000:isthmus-test-alarms"
  boundary    = "arn:aws:iam::000000000000:policy/isthmus-test-boundary"
  key         = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  package     = "README.md" # any file that is there
  prefix      = "isthmus-test"
  url         = "https://events.example.com/readyz"
}

run "it_asks_every_five_minutes_and_tells_after_two_failures" {
  command = plan

  assert {
    condition     = aws_synthetics_canary.this.schedule[0].expression == "rate(5 minutes)" && aws_cloudwatch_metric_alarm.this.evaluation_periods == 2
    error_message = "it asks at another time, or tells at another"
  }

  assert {
    condition     = length(aws_synthetics_canary.this.name) <= 21
    error_message = "a canary's name has 21 characters at most"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == var.boundary
    error_message = "its role has no boundary"
  }
}

run "a_minute_is_written_in_the_singular" {
  command = plan

  variables {
    every_minutes = 1
  }

  assert {
    condition     = aws_synthetics_canary.this.schedule[0].expression == "rate(1 minute)"
    error_message = "CloudWatch would refuse the schedule"
  }
}

run "plain_http_is_refused" {
  command = plan

  variables {
    url = "http://events.example.com/readyz"
  }

  expect_failures = [var.url]
}

run "new_code_is_a_new_canary" {
  command = plan

  assert {
    condition     = terraform_data.code.input == filesha256(var.package)
    error_message = "Code that changed would not get there."
  }
}
