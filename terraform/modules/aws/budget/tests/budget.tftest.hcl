variables {
  emails      = ["platform@example.com"]
  environment = "dev"
  key         = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  monthly_usd = 25
  prefix      = "isthmus-test"
}

run "it_warns_at_half_at_four_fifths_at_all_and_by_forecast" {
  command = plan

  assert {
    condition     = join(" ", sort([for alert in aws_budgets_budget.this.notification : format("%s-%03d", alert.notification_type, alert.threshold)])) == "ACTUAL-050 ACTUAL-080 ACTUAL-100 FORECASTED-100"
    error_message = "the thresholds are others"
  }

  assert {
    condition     = tolist(tolist(aws_budgets_budget.this.cost_filter)[0].values)[0] == "user:environment$dev"
    error_message = "costs of other environments count"
  }

  assert {
    condition     = aws_budgets_budget.this.limit_amount == "25" && aws_sns_topic.budget.kms_master_key_id != null
    error_message = "the limit is another, or alerts are not encrypted"
  }
}

run "nothing_is_no_budget" {
  command = plan

  variables {
    monthly_usd = 0
  }

  expect_failures = [var.monthly_usd]
}
