"""How long failover by DNS takes at worst: from how a provider probes, and how long answers are kept by whom.

    worst = detection + publication + caching

Detection: every checker must fail `failures` times in a row. The worst outage begins right after a probe passed.
Caching: the worst resolver asked right before the answer changed, and keeps it for all of its time to live.

Sources, read in November 2026:
- Route 53, how a health check is judged: docs.aws.amazon.com/Route53/latest/DeveloperGuide/
  dns-failover-determining-health-of-endpoints.html (more than 18 % of checkers; 4 s to connect, 2 s to answer).
- Route 53, the interval runs from an answer to the next request: …/APIReference/API_HealthCheckConfig.html.
- Compute Engine, health checks with source regions: cloud.google.com/compute/docs/reference/rest/v1/healthChecks
  (exactly three regions, 30 s or more).
- Cloud DNS, how three regions make a verdict: Google's announcement of public health checks, February 2025
  (cloud.google.com/blog/products/networking/public-ip-health-checks-in-cloud-dns-now-ga), calls an instance unhealthy
  when two or three of the three report a failure. Read on 2026-11-27 in a copy of that article; the reference
  (cloud.google.com/dns/docs/routing-policies-overview) was not seen to say it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Failure = Literal["refuse", "hang", "silent"]
"""How an endpoint fails: it refuses, it takes the connection and says nothing, or no packet comes back."""
FAILURES: tuple[Failure, ...] = ("refuse", "hang", "silent")

ROUTE53_REGIONS = (
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
)
"""Where Route 53 probes from, unless a health check names its regions."""
ROUTE53_CONNECT_SECONDS = 4.0
ROUTE53_ANSWER_SECONDS = 2.0
ROUTE53_HEALTHY_SHARE = 0.18
CLOUD_DNS_HEALTHY_SHARE = 0.5
"""Most of the three regions: Google's announcement says that two or three of them must report a failure."""


@dataclass(frozen=True)
class Checks:
    """How a provider watches an endpoint.

    Attributes:
        interval_seconds: Between two probes of one checker.
        failures: Probes that fail in a row before a checker calls the endpoint unhealthy.
        successes: Probes that pass in a row before it calls the endpoint healthy again.
        connect_seconds: How long a probe waits for the connection.
        answer_seconds: How long it waits for the answer after that.
        from_answer: Whether the interval runs from the end of a probe; else from its start.
        regions: Where its checkers are, one each.
        healthy_share: The endpoint is healthy while more than this share of them say so.
    """

    interval_seconds: float
    failures: int
    successes: int
    connect_seconds: float
    answer_seconds: float
    from_answer: bool
    regions: tuple[str, ...]
    healthy_share: float

    @property
    def healthy_min(self) -> int:
        """How many checkers must call the endpoint healthy."""
        return math.floor(self.healthy_share * len(self.regions) + 1e-9) + 1

    def wait_seconds(self, failure: Failure) -> float:
        """How long a probe waits before it fails."""
        return {"refuse": 0.0, "hang": self.answer_seconds, "silent": self.connect_seconds}[failure]

    def round_seconds(self, waits: float) -> float:
        """From the start of a probe that waits so long to the start of the next."""
        return self.interval_seconds + waits if self.from_answer else max(self.interval_seconds, waits)


def route53(interval_seconds: float, threshold: int, regions: tuple[str, ...] = ROUTE53_REGIONS) -> Checks:
    """A health check of Route 53: one threshold for failing and for passing."""
    return Checks(
        interval_seconds,
        threshold,
        threshold,
        ROUTE53_CONNECT_SECONDS,
        ROUTE53_ANSWER_SECONDS,
        True,
        regions,
        ROUTE53_HEALTHY_SHARE,
    )


def cloud_dns(
    interval_seconds: float, unhealthy: int, healthy: int, timeout_seconds: float, regions: tuple[str, ...]
) -> Checks:
    """A health check of Compute Engine with source regions, as Cloud DNS takes for external endpoints."""
    return Checks(
        interval_seconds,
        unhealthy,
        healthy,
        timeout_seconds,
        timeout_seconds,
        False,
        regions,
        CLOUD_DNS_HEALTHY_SHARE,
    )


@dataclass(frozen=True)
class Resolver:
    """What stands between the provider and a sender.

    Attributes:
        says: What it does, for people.
        ttl_min_seconds: It keeps an answer at least this long, whatever the answer says.
        further_seconds: Caches behind it that start anew with each answer, as a runtime's own.
    """

    says: str
    ttl_min_seconds: float = 0.0
    further_seconds: float = 0.0

    def keeps_seconds(self, ttl_seconds: float) -> float:
        """How long a sender may use an answer with this time to live."""
        return max(ttl_seconds, self.ttl_min_seconds) + self.further_seconds


HONEST = Resolver("keeps the time to live")
RESOLVERS = (
    HONEST,
    # networkaddress.cache.ttl of OpenJDK's java.security: 30 s unless it is set.
    Resolver("Java behind it, which keeps answers 30 s more", further_seconds=30),
    # Unbound's cache-min-ttl and its like; RFC 8767 (serve stale) adds nothing while one authority answers.
    Resolver("raises it to 300 s, as some access providers do", ttl_min_seconds=300),
)


@dataclass(frozen=True)
class Rto:
    """The worst time from an outage until nobody is sent there any more (or is again, after it), in seconds."""

    detect_seconds: float
    publish_seconds: float
    cache_seconds: float

    @property
    def total_seconds(self) -> float:
        """The sum."""
        return self.detect_seconds + self.publish_seconds + self.cache_seconds


def worst_out(
    checks: Checks,
    ttl_seconds: float,
    *,
    failure: Failure = "silent",
    resolver: Resolver = HONEST,
    publish_seconds: float = 0.0,
) -> Rto:
    """The worst time until nobody is sent to an endpoint that fails.

    Args:
        checks: How it is probed.
        ttl_seconds: Time to live of the answer.
        failure: How it fails.
        resolver: What caches the answer.
        publish_seconds: How long a verdict takes to all of the provider's name servers; none promises a number.
    """
    waits = checks.wait_seconds(failure)
    detect = checks.interval_seconds + waits + (checks.failures - 1) * checks.round_seconds(waits)
    return Rto(detect, publish_seconds, resolver.keeps_seconds(ttl_seconds))


def worst_back(
    checks: Checks,
    ttl_seconds: float,
    *,
    failure: Failure = "silent",
    resolver: Resolver = HONEST,
    publish_seconds: float = 0.0,
) -> Rto:
    """The worst time from healing until an endpoint is in the answers of every resolver again.

    A probe that began before the healing may still wait, and counts as failed.
    """
    waits = checks.wait_seconds(failure)
    detect = checks.round_seconds(waits) + (checks.successes - 1) * checks.interval_seconds
    return Rto(detect, publish_seconds, resolver.keeps_seconds(ttl_seconds))


@dataclass(frozen=True)
class Opinion:
    """What one checker makes of an endpoint: it changes its mind after so many probes in a row.

    Attributes:
        healthy: Its verdict; a new checker takes the endpoint for healthy.
        against: Probes in a row that spoke against the verdict.
    """

    healthy: bool = True
    against: int = 0

    def after(self, passed: bool, checks: Checks) -> Opinion:
        """The opinion after one more probe."""
        if passed == self.healthy:
            return Opinion(self.healthy)
        against = self.against + 1
        if against >= (checks.successes if passed else checks.failures):
            return Opinion(passed)
        return Opinion(self.healthy, against)
