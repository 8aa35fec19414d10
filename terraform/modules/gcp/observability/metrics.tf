# What the functions say of themselves, as figures: one line a call, with how it ended and how long it took.
resource "google_logging_metric" "errors" {
  project     = var.project
  name        = "${var.prefix}-errors"
  description = "Errors that the functions logged, by role."
  filter      = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^${var.prefix}-\" AND severity>=ERROR"

  label_extractors = {
    role = "EXTRACT(jsonPayload.role)"
  }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    labels {
      key         = "role"
      description = "archive, bridge or ingest."
      value_type  = "STRING"
    }
  }
}

resource "google_logging_metric" "milliseconds" {
  project         = var.project
  name            = "${var.prefix}-milliseconds"
  description     = "How long a call took inside the function."
  filter          = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^${var.prefix}-\" AND jsonPayload.ms>=0"
  value_extractor = "EXTRACT(jsonPayload.ms)"

  label_extractors = {
    role = "EXTRACT(jsonPayload.role)"
  }

  metric_descriptor {
    metric_kind = "DELTA"
    unit        = "ms"
    value_type  = "DISTRIBUTION"

    labels {
      key         = "role"
      description = "archive, bridge or ingest."
      value_type  = "STRING"
    }
  }

  bucket_options {
    exponential_buckets {
      growth_factor      = 2
      num_finite_buckets = 16
      scale              = 1
    }
  }
}

resource "google_logging_metric" "bridge_lag" {
  project         = var.project
  name            = "${var.prefix}-bridge-lag"
  description     = "How long ago AWS accepted the frames that came over the bridge."
  filter          = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${var.prefix}-archive\" AND jsonPayload.age_ms.aws>=0"
  value_extractor = "EXTRACT(jsonPayload.age_ms.aws)"

  metric_descriptor {
    metric_kind = "DELTA"
    unit        = "ms"
    value_type  = "DISTRIBUTION"
  }

  bucket_options {
    exponential_buckets {
      growth_factor      = 2
      num_finite_buckets = 24
      scale              = 1
    }
  }
}
