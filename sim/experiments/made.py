"""The replications of a run that were made, as a log whose origin says how many they are and what they leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim import log
from sim.engines import Run
from sim.experiments.legend import Replication, legend, span
from sim.experiments.precision import Looks
from sim.experiments.stuck import Stuck, stuck
from sim.log import Log, Visits
from sim.metrics.warm_up import warm_up
from sim.plan.compile import Compiled
from sim.scenario import Scenario
from sim.scenario.numbers import Number


@dataclass
class Made:
    """All that the replications of one scenario have left so far."""

    scenario: Scenario
    compiled: Compiled
    looks: Looks | None
    """By what rule they end; None: by their number."""
    replications: list[Replication] = field(default_factory=list)
    visits: list[Visits] = field(default_factory=list)
    stuck: list[Stuck] = field(default_factory=list)
    warm_up: dict[str, Any] = field(default_factory=dict)
    """What the origin says of the warm-up, once it is known."""

    def add(self, replication: Replication, done: Run) -> None:
        """Take one more replication; by a rule, look at all of them so far."""
        self.stuck += [
            Stuck(f"replication {len(self.visits)}: {sentence}", entities)
            for sentence, entities in stuck(self.scenario, done.waiting)
        ]
        self.replications.append(replication)
        self.visits.append(done.visits)
        if self.looks is not None and len(self.visits) >= self.looks.watch.least:
            self.looks.add(self._since(self.looks.watch.made))

    @property
    def enough(self) -> bool:
        """Whether the rule asks for no more."""
        return self.looks is not None and self.looks.watch.done

    def log(self, origin: Mapping[str, object], warnings: Sequence[str]) -> Log:
        """The log of all, with what is known now beside the origin."""
        known = self._settled(self._since(0))
        words = [*warnings]
        own: dict[str, object] = {"replications": len(self.visits)}
        if self.looks is not None:
            own["precision"] = self.looks.told()
            words += self.looks.warnings()
        found = self.warm_up.get("warm_up")
        if found is not None and found["unsettled"]:
            words.append(_unsettled(found["unsettled"]))
        whole = dict(origin) | self.warm_up | own | {"warnings": words}
        return replace(known, legend=replace(known.legend, origin=whole))

    def _since(self, first: int) -> Log:
        """The log of the replications from one on, with a warm-up that is found where none is known yet."""
        own = self.replications[first:]
        known = legend(self.scenario, self.compiled, own, span(self.scenario))
        return self._settled(log.build(self.visits[first:], known))

    def _settled(self, found: Log) -> Log:
        """The log with its warm-up. By a rule it is that of the first replications looked at, and stays.

        So the intervals that are looked at are those of the numbers that are reported.
        """
        self.warm_up = self.warm_up or _warm_up(self.scenario, found)
        return replace(found, legend=replace(found.legend, origin=found.legend.origin | self.warm_up))


def _warm_up(scenario: Scenario, found: Log) -> dict[str, Any]:
    """What the origin says of a warm-up: its length, and how it was found if it was not given."""
    if isinstance(scenario.warm_up, Number):
        return {"warm_up_s": round(scenario.warm_up.value)}
    flows = warm_up(found).to_dict("records")
    longest = max(flows, key=lambda flow: int(flow["warm_up_s"]))
    labels = {key: flow.label for key, flow in scenario.flows.items()}
    how = {
        "rule": scenario.warm_up,
        "flow": labels[str(longest["flow"])],
        "replications": len(found.legend.entities["replication"].unique()),
        "unsettled": [labels[str(flow["flow"])] for flow in flows if not flow["converged"]],
    }
    return {"warm_up_s": int(longest["warm_up_s"]), "warm_up": how}


def _unsettled(flows: Sequence[str]) -> str:
    """What the run warns of where MSER-5 finds no end of the warm-up."""
    return (
        f"no warm-up is long enough by MSER-5: the TEU under way do not settle in the first half of the run "
        f"({'; '.join(flows)}). Half of it is left out; a longer horizon may settle, a queue that grows does not"
    )
