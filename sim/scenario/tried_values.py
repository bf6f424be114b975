"""Values tried on a scenario: what it refuses once they are set, in words that name the value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.errors import Problem, ScenarioError
from sim.scenario.axes import worded
from sim.scenario.checks import findings
from sim.scenario.complaints import check
from sim.scenario.experiment import Experiment
from sim.scenario.located import Located, Plain
from sim.scenario.model import Scenario
from sim.scenario.override import override
from sim.scenario.partial import Part


@dataclass(frozen=True)
class Stated:
    """An experiment and its scenario, each right by itself, but for parts of the experiment that are left out."""

    experiment: Experiment
    located: Located
    scenario: Scenario
    base: Located
    wrong: frozenset[Part] = frozenset()
    """Parts that are in the file and not in ``experiment``, since they are wrong by themselves."""

    def lost(self, key: str) -> frozenset[str]:
        """The entries of a key that are left out."""
        return frozenset(part[1] for part in self.wrong if part[0] == key and len(part) > 1)

    def unclear(self, key: str, name: str) -> bool:
        """Whether nobody knows what an entry of a key is, since it is left out, or all of them are."""
        gone = self.lost(key)
        every = (key,) in self.wrong or (bool(gone) and not getattr(self.experiment, key))
        return bool(name) and (every or name in gone)

    def at(self, where: tuple[str, ...], message: str, *, key: bool = False) -> Problem:
        """A problem of the experiment's file at a path of its keys."""
        return self.located.problem(where, message, key=key)

    def refused(self, settings: Mapping[str, Plain]) -> tuple[str, ...]:
        """Why the scenario does not take some settings, each reason once."""
        return tuple(dict.fromkeys(said(problem, settings) for problem in refusals(self.base, settings)))


def refusals(base: Located, settings: Mapping[str, Plain]) -> tuple[Problem, ...]:
    """Everything that is wrong with a scenario once some values are set in it."""
    located = override(base, settings)
    try:
        scenario = check(located, Scenario)
    except ScenarioError as err:
        return err.problems
    return tuple(located.problem(finding.where, finding.message) for finding in findings(scenario))


def said(problem: Problem, settings: Mapping[str, Plain]) -> str:
    """What is wrong, and with which value where the problem stands elsewhere."""
    said = f"{problem.path}: {problem.message}"
    if any(overlap(problem.path, path) for path in settings):
        return said
    return f"with {', '.join(f'{path} = {worded(value)}' for path, value in settings.items())}, at {said}"


def overlap(path: str, other: str) -> bool:
    """Whether a path is another one, or inside of it, or holds it."""
    return within(path, other) or within(other, path)


def within(inner: str, outer: str) -> bool:
    """Whether a path is another one, or inside of it."""
    return inner == outer or inner.startswith(f"{outer}.")
