"""Choices by functions of a user: what they are shown, what they may answer, where they are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sim import engines
from sim.cli import main
from sim.engines import compiled, reference
from sim.engines.rules import Decide, Seen, View
from sim.errors import ScenarioError, SimError
from sim.experiments import rules, runs
from sim.plan.draws import choices
from sim.plan.tables import Rule
from tests.small_plans import Rows, SmallOption, SmallPlan, choose, occupy, told
from tests.valid_scenarios import VALID

BY_FUNCTION = VALID / "choice-by-function.yaml"
FUNCTIONS = VALID / "choice-by-function.py"


def two_gates() -> SmallPlan:
    small = SmallPlan()
    small.place("north", 1, (15, 2))
    small.place("south", 3)
    options = (
        SmallOption(1, place="north", seconds=5.0, each=2.0, usd=7.0, weight=0.5),
        SmallOption(2, place="south"),
        SmallOption(3),
    )
    small.route("truck", choose(Rule.FUNCTION, *options, function="own"), occupy("north", 10), occupy("south", 10))
    return small


def run(small: SmallPlan, own: Decide) -> Rows:
    done = reference.run(small.plan, small.entities, seed=1, replication=0, rules={"own": own})
    return told(small, done.visits)


def test_it_goes_on_at_the_option_that_is_answered():
    small = two_gates()
    for number in range(3):
        small.entity("truck", 100 * number)
    assert run(small, lambda view: view.entity) == [
        (0, "", 0, 0, 0),
        (0, "north", 0, 0, 10),
        (0, "south", 10, 10, 20),
        (1, "", 100, 100, 100),
        (1, "south", 100, 100, 110),
        (2, "", 200, 200, 200),
    ]


def test_it_is_shown_the_state_in_the_middle_of_the_instant():
    small = two_gates()
    for release in (0, 1, 1, 15):
        small.entity("truck", release, teu=2, priority=3, class_=4, value_of_time=0.5)
    shown: list[View] = []

    def own(view: View) -> int:
        shown.append(view)
        return 0

    run(small, own)
    assert [(view.time, view.entity) for view in shown] == [(0, 0), (1, 1), (1, 2), (15, 3)]
    draws = choices(small.plan, [0], (1, 0), small.entities.ordinal)[:, 0]
    assert [view.draw for view in shown] == draws.tolist()
    assert shown[2]._replace(draw=0.0) == View(
        time=1, step="truck/0", route="truck", entity=2, class_=4, priority=3, teu=2, value_of_time=0.5, lap=0,
        draw=0.0,
        options=(
            Seen("north", waiting=1, in_use=1, capacity=1, seconds=5.0, each=2.0, usd=7.0, weight=0.5),
            Seen("south", waiting=0, in_use=0, capacity=3, seconds=0.0, each=0.0, usd=0.0, weight=1.0),
            Seen("", waiting=0, in_use=0, capacity=0, seconds=0.0, each=0.0, usd=0.0, weight=1.0),
        ),
    )  # fmt: skip
    # One is in use, one waits, and a second lane has just been opened.
    assert shown[3].options[0][1:4] == (1, 1, 2)


def test_laps_and_draws_are_counted():
    small = SmallPlan()
    small.place("gate", 1)
    options = SmallOption(0), SmallOption(2)
    small.route("truck", occupy("gate", 5), choose(Rule.FUNCTION, *options, function="own"))
    small.entity("truck")
    shown: list[View] = []

    def own(view: View) -> int:
        shown.append(view)
        return int(view.lap == 2)

    run(small, own)
    assert [(view.time, view.lap) for view in shown] == [(5, 0), (10, 1), (15, 2)]
    assert len({view.draw for view in shown}) == 3


@pytest.mark.parametrize("answer", [3, -1, None, "north", 0.0])
def test_what_is_no_option_is_refused_with_who_and_where(answer: object):
    small = two_gates()
    small.entity("truck", 7)
    message = rf"rule own, asked at 7 s by entity 0 \(truck\) at truck/0, answered {answer!r}: allowed is .* 0 to 2"
    with pytest.raises(SimError, match=message):
        run(small, lambda _: answer)


def test_whole_numbers_of_numpy_are_whole_numbers():
    small = two_gates()
    small.entity("truck", 7)
    assert len(run(small, lambda _: np.int64(1))) == 2


def test_a_function_that_fails_is_told_with_its_line():
    small = two_gates()
    small.entity("truck", 7)
    with pytest.raises(SimError, match=r"asked at 7 s .* failed at .*test_rules\.py:\d+: ZeroDivisionError"):
        run(small, lambda view: view.time // 0)


def test_a_plan_is_not_run_without_its_functions():
    small = two_gates()
    with pytest.raises(SimError, match="rules that are not given: own"):
        reference.run(small.plan, small.entities, seed=1, replication=0)


def test_the_reference_engine_alone_knows_them():
    small = two_gates()
    assert "rules in Python" in engines.needs(small.plan)
    assert engines.choose("auto", 10**9, engines.needs(small.plan)) == "reference"
    for engine in (compiled.run, engines.with_rules("compiled", {"own": lambda _: 0})):
        with pytest.raises(SimError, match="the compiled engine does not know rules in Python"):
            engine(small.plan, small.entities, seed=1, replication=0)


def test_a_file_gives_the_functions_that_it_defines(tmp_path: Path):
    file = tmp_path / "own.py"
    file.write_text(
        "from math import sqrt\nfrom json import dumps\ndef to_the_north(view): return _zero()\ndef _zero(): return 0\n"
    )
    read = rules.read(file)
    assert list(read.functions) == ["to-the-north"]
    assert read.origin["file"] == "own.py"
    assert len(read.origin["digest"]) == 12


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def own(view):\nreturn 0\n", r"own\.py:2:1: expected an indented block"),
        ("import nothing_of_this_name\n", r"own\.py: cannot be run: ModuleNotFoundError"),
    ],
)
def test_a_file_that_cannot_be_run_is_refused(text: str, message: str, tmp_path: Path):
    (tmp_path / "own.py").write_text(text)
    with pytest.raises(SimError, match=message):
        rules.read(tmp_path / "own.py")


def test_a_scenario_runs_no_code_of_itself():
    with pytest.raises(ScenarioError) as refused:
        runs.run(BY_FUNCTION)
    assert str(refused.value).endswith(
        "choice-by-function.yaml:6:15: choices.inspection.function: a function in Python: "
        "give the file that defines it with --rules"
    )


def test_an_unknown_function_is_refused_with_line_and_column():
    with pytest.raises(ScenarioError) as refused:
        runs.run(BY_FUNCTION, functions=FUNCTIONS, overrides={"choices.inspection.function": "south-after-sex"})
    [problem] = refused.value.problems
    assert problem.path == "choices.inspection.function"
    assert problem.message == (
        "unknown function of choice-by-function.py 'south-after-sex' - did you mean 'south-after-six'?"
    )


def test_a_run_says_what_it_was_made_of(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(BY_FUNCTION), "--rules", str(FUNCTIONS), "--no-report", "--out", "out"]) == 0
    said = "choices by functions in Python (south-after-six): the reference engine alone knows them"
    assert f"warning: {said}\n" in capsys.readouterr().err
    [file] = Path("out").rglob("run.json")
    about = json.loads(file.read_text())
    assert about["engine"] == "reference"
    assert said in about["warnings"]
    assert about["rules"] == dict(rules.read(FUNCTIONS).origin)


def test_another_file_is_another_run(tmp_path: Path):
    digests = []
    for text in (FUNCTIONS.read_text(), FUNCTIONS.read_text() + "\n"):
        (tmp_path / "own.py").write_text(text)
        digests.append(runs.run(BY_FUNCTION, functions=tmp_path / "own.py").log.legend.origin["digest"])
    assert digests[0] != digests[1]


def test_the_compiled_engine_refuses_a_scenario_with_functions_by_name():
    with pytest.raises(SimError, match="the compiled engine does not know rules in Python"):
        runs.run(BY_FUNCTION, functions=FUNCTIONS, engine="compiled")
