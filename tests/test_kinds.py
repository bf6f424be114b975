"""A scenario given for an experiment, and the other way round, is refused in one line that says what to do."""

import pytest

from sim import scenario
from sim.errors import ScenarioError
from sim.scenario.experiment_files import open_experiment
from sim.scenario.kinds import EXPERIMENT_GIVEN, SCENARIO_GIVEN
from sim.scenario.shipped import scenarios_folder


@pytest.mark.parametrize(
    ("opened", "name", "said"),
    [
        (scenario.open_scenario, "experiments/smoke.yaml", EXPERIMENT_GIVEN),
        (open_experiment, "example.yaml", SCENARIO_GIVEN),
    ],
)
def test_one_given_for_the_other_is_refused(opened, name, said):
    with pytest.raises(ScenarioError) as refused:
        opened(scenarios_folder() / name)
    assert [problem.message for problem in refused.value.problems] == [said]
