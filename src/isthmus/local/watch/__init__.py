"""Watches a run: collects the metrics of both clouds, and tells whether the objectives are kept.

GET /metrics/now                       every series' figure of now
GET /metrics/history?metric=&minutes=  its figures of the last hour
GET /metrics/prometheus                the same as `now`, as Prometheus reads it
GET /metrics/slo                       the objectives: what was attained, what is left, what fires
    GET /metrics/alarms                    the alarms that Terraform applied, and which of them fire
"""
