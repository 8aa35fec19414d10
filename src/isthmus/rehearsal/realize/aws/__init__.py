"""Resource types of AWS made real on the local one, by type name."""

from __future__ import annotations

from isthmus.rehearsal.realize.aws import (
    apigateway,
    dynamodb,
    iam,
    kms,
    lambda_,
    lambda_access,
    logs,
    s3,
    s3_lifecycle,
    s3_settings,
    sns,
    sqs,
)
from isthmus.rehearsal.realize.base import Realizer

_MODULES = (apigateway, dynamodb, iam, kms, lambda_, lambda_access, logs, s3, s3_lifecycle, s3_settings, sns, sqs)

REALIZERS: dict[str, Realizer] = {name: realizer for module in _MODULES for name, realizer in module.REALIZERS.items()}
