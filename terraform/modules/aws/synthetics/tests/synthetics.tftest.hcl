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

run "without_an_event_it_holds_no_key" {
  command = plan

  assert {
    condition     = join(" ", keys(aws_synthetics_canary.this.run_config[0].environment_variables)) == "ISTHMUS_PROBE_URL"
    error_message = "something of an event is there, and none is sent"
  }

  assert {
    condition     = join(" ", data.aws_iam_policy_document.work.statement[*].sid) == "Artifacts Bucket Key Logs Metrics"
    error_message = "it may read what it does not need"
  }
}

run "an_event_has_time_until_just_before_the_run_ends" {
  command = plan

  variables {
    every_minutes = 1
    event = {
      bucket = "isthmus-test-archive-000000000000-us-east-1"
      key    = "arn:aws:kms:us-east-1:000000000000:key/11111111-1111-1111-1111-111111111111"
      secret = "isthmus-test-probe" # checkov:skip=CKV_SECRET_6:The name of a secret.
    }
  }

  assert {
    condition     = aws_synthetics_canary.this.run_config[0].environment_variables["ISTHMUS_PROBE_INGEST"] == "https://events.example.com"
    error_message = "it sends elsewhere"
  }

  assert {
    condition     = aws_synthetics_canary.this.run_config[0].timeout_in_seconds == 60 && aws_synthetics_canary.this.run_config[0].environment_variables["ISTHMUS_PROBE_SECONDS"] == "45"
    error_message = "a run would go on into the next one, or be ended before it can say why"
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.work.statement : statement.sid => join(" ", concat(tolist(statement.actions), tolist(statement.resources)))
      if contains(["ApiKey", "Arrival", "ArchiveKey"], statement.sid)
      } == {
      ApiKey     = "secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:000000000000:secret:isthmus-test-probe-??????"
      Arrival    = "s3:GetObject arn:aws:s3:::isthmus-test-archive-000000000000-us-east-1/events/type=isthmus.probe/*"
      ArchiveKey = "kms:Decrypt arn:aws:kms:us-east-1:000000000000:key/11111111-1111-1111-1111-111111111111"
    }
    error_message = "it may read what senders sent"
  }
}

run "another_environments_secret_is_refused" {
  command = plan

  variables {
    event = {
      bucket = "isthmus-test-archive-000000000000-us-east-1"
      key    = "arn:aws:kms:us-east-1:000000000000:key/11111111-1111-1111-1111-111111111111"
      secret = "somebody-elses"
    }
  }

  expect_failures = [var.event]
}
