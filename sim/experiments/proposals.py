"""Who proposes the next points of a search or a fit: Optuna, along the axes of the factors.

What is proposed depends on the seed and on what was told before, and on nothing else: proposals are told in the order
in which they were made, however their points were run. A search that is begun again so proposes the same points, whose
values the store has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, prod
from types import ModuleType
from typing import TYPE_CHECKING

from sim.errors import SimError
from sim.scenario.axes import Axis, Choice

if TYPE_CHECKING:
    from optuna import Study, Trial

WITHOUT_OPTUNA = "searches and fits need Optuna: pip install 'landbridge[search]'"

Chosen = Mapping[str, Choice]
"""What each factor is set to, by its id."""


@dataclass(frozen=True, eq=False)
class Proposal:
    """A point that is to be tried."""

    trial: Trial
    chosen: Chosen


class Proposals:
    """Points for the least of one or several numbers, all of which are to be small; some points are not allowed."""

    def __init__(self, axes: Sequence[Axis], goals: int, seed: int) -> None:
        """Raises SimError if Optuna is not there."""
        optuna = library()
        self._axes = tuple(axes)
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=max(10, 2 * len(self._axes)))
        self._study: Study = optuna.create_study(directions=["minimize"] * goals, sampler=sampler)

    def ask(self, count: int) -> list[Proposal]:
        """So many points, none of which waits for the others."""
        return [self._proposal(self._study.ask()) for _ in range(count)]

    def enter(self, positions: Sequence[Mapping[str, float]]) -> None:
        """Have positions on the axes, 0 to 1, proposed before all others."""
        for position in positions:
            self._study.enqueue_trial({axis.factor: _entered(axis, position[axis.factor]) for axis in self._axes})

    def tell(self, proposal: Proposal, numbers: Sequence[float], violations: Mapping[str, float]) -> None:
        """What came of a proposal; a violation above 0 is of a rule that it breaks. Missing numbers: it failed."""
        from optuna.trial import TrialState  # noqa: PLC0415 - late, as the library

        if any(isnan(number) for number in (*numbers, *violations.values())):
            self._study.tell(proposal.trial, state=TrialState.FAIL)
            return
        for name, violation in violations.items():
            proposal.trial.set_constraint(name, violation)
        self._study.tell(proposal.trial, list(numbers))

    def _proposal(self, trial: Trial) -> Proposal:
        return Proposal(trial, {axis.factor: _suggested(trial, axis) for axis in self._axes})


def library() -> ModuleType:
    """Optuna, told to be quiet. SimError if it is not installed."""
    try:
        import optuna  # noqa: PLC0415 - takes a second, and may not be there
    except ImportError as err:
        raise SimError(f"{WITHOUT_OPTUNA} ({err})") from err
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def combinations(axes: Sequence[Axis]) -> int | None:
    """How many points there are; None if an axis goes on without steps."""
    return prod(len(axis.choices) for axis in axes) if all(axis.choices for axis in axes) else None


def _suggested(trial: Trial, axis: Axis) -> Choice:
    """Numbers are neighbours of one another, words are not."""
    if not axis.choices:
        return axis.at(trial.suggest_float(axis.factor, 0.0, 1.0))
    places = len(axis.choices)
    if axis.numeric:
        return axis.choices[trial.suggest_int(axis.factor, 0, places - 1)]
    return axis.choices[trial.suggest_categorical(axis.factor, range(places))]


def _entered(axis: Axis, share: float) -> float | int:
    if not axis.choices:
        return share
    return min(int(share * len(axis.choices)), len(axis.choices) - 1)
