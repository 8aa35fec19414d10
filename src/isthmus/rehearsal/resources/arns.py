"""Amazon Resource Names, taken apart and put together as the AWS SDK does it."""

from __future__ import annotations

PARTS = ("partition", "service", "region", "account", "resource")


def parse(text: str) -> dict[str, str]:
    """The parts of an ARN by name.

    Raises:
        ValueError: The text is no ARN; in the words of the AWS SDK.
    """
    if not text.startswith("arn:"):
        raise ValueError("arn: invalid prefix")
    sections = text.split(":", 5)
    if len(sections) != 6:
        raise ValueError("arn: not enough sections")
    return dict(zip(PARTS, sections[1:], strict=True))


def build(partition: str, service: str, region: str, account: str, resource: str) -> str:
    """The ARN of its parts."""
    return ":".join(["arn", partition, service, region, account, resource])
