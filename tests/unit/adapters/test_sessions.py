"""Credentials of the other cloud: asked for when they are needed, and told as an outage when there are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import google.auth.aws
import pytest
from google.oauth2 import id_token

from isthmus.adapters.aws import session as aws
from isthmus.adapters.aws.bucket import S3Bucket
from isthmus.adapters.calls import Calls
from isthmus.adapters.gcp import session as gcp
from isthmus.core.errors import Unavailable

PROVIDER = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/lambda"


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A service on Google Cloud whose way to AWS is cut."""
    monkeypatch.setenv("ISTHMUS_AWS_ROLE_ARN", "arn:aws:iam::000000000000:role/isthmus-dev-google")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    monkeypatch.delenv("ISTHMUS_LOCAL", raising=False)
    monkeypatch.setattr(id_token, "fetch_id_token", lambda request, audience: "token")
    aws._session.cache_clear()
    yield
    aws._session.cache_clear()


def test_a_client_is_made_while_aws_is_out_and_its_first_call_says_so(out: Any) -> None:
    """Otherwise no instance of a service on Google Cloud could start then."""
    bucket = S3Bucket(aws.client("s3", "us-east-1"), "archive", Calls())
    with pytest.raises(Unavailable, match="AWS gave no credentials"):
        next(bucket.list("events/"))


@pytest.mark.parametrize("account", ["", "isthmus-dev-aws@isthmus-dev.iam.gserviceaccount.com"])
def test_a_role_of_aws_becomes_a_service_account_where_one_is_named(account: str, monkeypatch) -> None:
    monkeypatch.setenv("ISTHMUS_WORKLOAD_IDENTITY_PROVIDER", PROVIDER)
    monkeypatch.setenv("ISTHMUS_GCP_SERVICE_ACCOUNT", account)
    found = gcp.credentials()
    assert isinstance(found, google.auth.aws.Credentials)
    assert (found.service_account_email or "") == account
