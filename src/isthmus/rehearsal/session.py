"""What one configured provider instance knows while it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isthmus.rehearsal.realize.base import Context


@dataclass(frozen=True)
class Session:
    """A provider instance: the settings of one `provider` block, over those of the run.

    Attributes:
        provider: `aws` or `google`.
        context: The local clouds; one without endpoints makes nothing real.
        region: Region of the instance.
        zone: Google zone, where configured.
        project: Google project.
        number: Google project number.
        account_id: AWS account.
        partition: AWS partition.
        default_tags: AWS tags for every resource.
        ignored_tags: Keys, and prefixes ending in `*`, of AWS tags that are left alone.
        default_labels: Google labels for every resource.
        attribution: Whether Google resources are labelled as made by Terraform.
    """

    provider: str
    context: Context = field(default_factory=Context)
    region: str | None = None
    zone: str | None = None
    project: str | None = None
    number: str = "000000000000"
    account_id: str = "000000000000"
    partition: str = "aws"
    default_tags: Mapping[str, Any] = field(default_factory=dict)
    ignored_tags: tuple[str, ...] = ()
    default_labels: Mapping[str, Any] = field(default_factory=dict)
    attribution: bool = True

    def number_of(self, project: str) -> str:
        """A project's number; made up, always the same, for one that is not the provider's."""
        if project in (self.project, self.context.project):
            return self.number
        return str(int(hashlib.sha256(project.encode()).hexdigest(), 16))[:12]

    @property
    def names(self) -> dict[str, str]:
        """What templates of facts may refer to beside the resource's own attributes."""
        return {
            "_account": self.account_id,
            "_region": self.region or "",
            "_partition": self.partition,
            "_project": self.project or "",
            "_number": self.number,
        }
