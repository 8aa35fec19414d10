resource "aws_lambda_event_source_mapping" "queue" {
  for_each = var.queue == null ? {} : { (var.role) = var.queue }

  batch_size                         = each.value.batch_size
  event_source_arn                   = each.value.arn
  function_name                      = aws_lambda_function.this.arn
  maximum_batching_window_in_seconds = each.value.batch_window_seconds

  # Only what failed comes back: one bad frame does not make its neighbours come twice.
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = each.value.max_concurrency
  }
}
