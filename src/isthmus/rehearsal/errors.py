"""What can go wrong before Terraform itself has a say."""

from __future__ import annotations

from isthmus.core.errors import ConfigurationError, Refused


class NoTerraform(ConfigurationError):
    """There is no Terraform to run."""


class ForeignState(Refused):
    """A state or backend that is not a rehearsal's; changing or destroying it could touch what is real."""


class NotRehearsed(Refused):
    """Terraform has this and a rehearsal doesn't."""
