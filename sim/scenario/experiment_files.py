"""Reading an experiment: its file, the scenario that it names with the settings laid over, and what its factors say.

Everything that is wrong with either is reported at once, before anything is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.scenario import Loaded, canonical
from sim.scenario.axes import Axis
from sim.scenario.checks import findings
from sim.scenario.checks_of_experiments import check_experiment
from sim.scenario.complaints import check
from sim.scenario.experiment import Experiment, Outcome, outcomes
from sim.scenario.extends import beside, gather, shown, written_in
from sim.scenario.kinds import is_experimental, refuse_scenario
from sim.scenario.located import Located, Node, child
from sim.scenario.model import Scenario
from sim.scenario.override import laid_over
from sim.scenario.partial import without_wrong
from sim.scenario.points_files import Row
from sim.scenario.tried_values import Stated


@dataclass(frozen=True)
class LoadedExperiment:
    """A checked experiment with the tree of its file, its scenario with the settings, and its factors as axes."""

    experiment: Experiment
    located: Located
    scenario: Loaded
    axes: tuple[Axis, ...]
    """In the order of the file."""
    rows: tuple[Row, ...]
    """The points of a list or of a CSV file; none of other designs."""
    path: Path
    scenario_path: Path

    @property
    def name(self) -> str:
        """Of the file, without its ending."""
        return self.path.stem

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """What is kept of each replication, by id in the order of the file."""
        return outcomes(self.experiment, self.scenario.scenario)

    @property
    def replications(self) -> int:
        """At each point."""
        stated = self.experiment.replications or self.scenario.scenario.replications
        # An experiment of a scenario that says a width is refused unless it says a number.
        assert isinstance(stated, int)
        return stated

    @property
    def seed(self) -> int:
        """Of all points."""
        return self.scenario.scenario.seed if self.experiment.seed is None else self.experiment.seed


def is_experiment(path: Path) -> bool:
    """Whether a file is an experiment, told by its keys."""
    return is_experimental(gather(path, nulls=True))


def open_experiment(path: Path | str) -> LoadedExperiment:
    """Read and check an experiment; ScenarioError carries every problem of its file, its scenario and its values."""
    file = Path(path)
    located = gather(file, nulls=True)
    refuse_scenario(located)
    problems: list[Problem] = []
    experiment, loaded, scenario_path = None, None, None
    try:
        experiment = check(located, Experiment)
    except ScenarioError as err:
        problems += err.problems
    if located.whole:
        scenario_path, more = _scenario_path(located)
        problems += more
    if scenario_path is not None:
        try:
            loaded = _scenario(scenario_path, located)
        except ScenarioError as err:
            problems += err.problems
    if loaded is None or scenario_path is None:
        raise ScenarioError(problems)
    if experiment is None:
        raise ScenarioError([*problems, *_of_the_rest(located, problems, loaded)])
    checked = check_experiment(Stated(experiment, located, loaded.scenario, loaded.located))
    if checked.problems:
        raise ScenarioError(checked.problems)
    return LoadedExperiment(experiment, located, loaded, checked.axes, checked.rows, file, scenario_path)


def _of_the_rest(located: Located, problems: list[Problem], loaded: Loaded) -> list[Problem]:
    """What is wrong with an experiment beside the parts that are wrong by themselves."""
    rest = without_wrong(located, problems)
    if rest is None:
        return []
    return check_experiment(Stated(rest[0], located, loaded.scenario, loaded.located, rest[1])).problems


def _scenario_path(located: Located) -> tuple[Path | None, tuple[Problem, ...]]:
    """Where the scenario is that an experiment names; None and why it may not be read."""
    node = child(located.root, "scenario")
    if node is None or not isinstance(node.value, str) or not node.value:
        return None, ()
    return beside(node.value, written_in(located, node.mark), node.mark, "scenario")


def _scenario(path: Path, located: Located) -> Loaded:
    """The checked scenario with the settings of an experiment laid over. ScenarioError with all that is wrong."""
    if is_experiment(path):
        mark = located.mark(("scenario",))
        message = f"'{located.at(('scenario',))}' is an experiment: a scenario is due"
        raise ScenarioError([Problem(mark.file, mark.line, mark.column, "scenario", message)])
    own = gather(Path(shown(path)))
    settings = child(located.root, "settings")
    given: Mapping[str, Node] = {}
    if settings is not None and isinstance(settings.value, Mapping):
        given = settings.value
        own = laid_over(own, given, settings.keys)
    scenario = check(own, Scenario)
    wrong = [own.problem(finding.where, finding.message) for finding in findings(scenario)]
    if wrong:
        raise ScenarioError(wrong)
    return Loaded(scenario, replace(own, files=(*own.files, *located.files)))


def json_schema(*, overlay: bool = False) -> dict[str, Any]:
    """JSON Schema of an experiment file, or of one that extends another."""
    return canonical.schema(Experiment, overlay=overlay)
