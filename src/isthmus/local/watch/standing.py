"""How the objectives stand: what was attained, what is left of the budget, how fast it burns, what fires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from isthmus.core import objectives
from isthmus.core.errors import ConfigurationError
from isthmus.core.metrics import BY_NAME
from isthmus.core.objectives import Count, Objective, Objectives
from isthmus.local.project import project_root
from isthmus.local.watch.history import MinuteStore, Values

FILE = Path("terraform") / "slo.yaml"
CLOUDS = ("aws", "gcp")
DAY_MINUTES = 24 * 60


def load(path: Path | None = None) -> Objectives:
    """The objectives of the project.

    Raises:
        ConfigurationError: The file is not there, or something is wrong in it.
    """
    path = path or project_root() / FILE
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"the objectives can't be read: {error}", where=str(path)) from error
    return objectives.parse(content, str(path))


@dataclass(frozen=True)
class Standing:
    """How one objective stands on one cloud.

    Attributes:
        slo: Its name.
        cloud: Whose part of Isthmus.
        says: What is good.
        objective: The share that must be good.
        attained: The share that was good, of what was seen in the objective's window.
        budget_left: The share of the error budget that is left; below 0 when more is gone.
        burn_rates: How fast the budget burns over each window, by its minutes.
        firing: The alerts that fire.
        severity: That of the worst of them, "" when none does.
        runbook: What to do then.
    """

    slo: str
    cloud: str
    says: str
    objective: float
    attained: float
    budget_left: float
    burn_rates: Mapping[int, float]
    firing: list[str]
    severity: str
    runbook: str


@dataclass
class Keeper:
    """Counts for the objectives, and says how they stand.

    Attributes:
        objectives: The content of `terraform/slo.yaml`.
        store: Where the minutes are kept.
    """

    objectives: Objectives
    store: MinuteStore
    _before: Values | None = None

    def observe(self, now: float, values: Values) -> None:
        """Takes the figures of a moment into its minute."""
        minute = int(now // 60)
        for name, slo in self.objectives.slos.items():
            for cloud in CLOUDS:
                if slo.minutes:
                    self._mark(name, slo, cloud, minute, values)
                elif slo.requests:
                    self.store.add(name, cloud, minute, self._grown(cloud, slo.requests.part, values))
        self._before = values
        self.store.prune(minute - self.objectives.window_days * DAY_MINUTES)

    def _mark(self, name: str, slo: Objective, cloud: str, minute: int, values: Values) -> None:
        assert slo.minutes  # noqa: S101
        place = BY_NAME[slo.minutes.metric].labels.index("cloud")
        found = [v for (metric, labels), v in values.items() if metric == slo.minutes.metric and labels[place] == cloud]
        if found:
            self.store.mark(name, cloud, minute, bad=max(found) > slo.minutes.above)

    def _grown(self, cloud: str, part: str, values: Values) -> Count:
        """What came since the last figures; nothing at the first ones, which count from long ago."""
        before = values if self._before is None else self._before
        counters = [(metric, (cloud, part)) for metric in ("isthmus.errors", "isthmus.requests")]
        return Count(*(max(0.0, values.get(one, 0.0) - before.get(one, 0.0)) for one in counters))

    def standings(self, now: float) -> list[Standing]:
        """How each objective stands on each cloud."""
        pairs = [(name, slo, cloud) for name, slo in self.objectives.slos.items() for cloud in CLOUDS]
        return [self._standing(name, slo, cloud, int(now // 60)) for name, slo, cloud in pairs]

    def _standing(self, name: str, slo: Objective, cloud: str, minute: int) -> Standing:
        alerts = self.objectives.alerts
        windows = sorted({m for alert in alerts.values() for m in (alert.short_minutes, alert.long_minutes)})
        rates = {window: self._rate(name, slo, cloud, minute, window) for window in windows}
        whole = self.objectives.window_days * DAY_MINUTES
        firing = objectives.firing(alerts, rates)
        return Standing(
            slo=name,
            cloud=cloud,
            says=slo.says,
            objective=slo.objective,
            attained=self.store.count(name, cloud, minute - whole, minute).attained,
            budget_left=1 - self._rate(name, slo, cloud, minute, whole),
            burn_rates=rates,
            firing=firing,
            severity=min((alerts[one].severity for one in firing), default=""),
            runbook=slo.runbook,
        )

    def _rate(self, name: str, slo: Objective, cloud: str, minute: int, window: int) -> float:
        count = self.store.count(name, cloud, minute - window, minute)
        # A minute that nobody watched is a good one, as for the alarms in the clouds.
        seen = Count(count.bad, window) if slo.minutes else count
        return objectives.burn_rate(seen, slo.objective)
