"""What a scenario may not ask of a run is refused at its line, before anything is simulated."""

from __future__ import annotations

import pytest

from sim.cli import main
from tests.small_scenarios import TEXT, write


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            TEXT.replace("365 trips/year", "365000000 trips/year"),
            "demand: about 28,000,000 of them would move in one replication: 5,000,000 are the most",
        ),
        (
            TEXT + "breakdowns:\n  storm: {places: [hall], time_between: 30 s, time_to_repair: 0 h, pace: 50 %}\n",
            "storm.time_between: about 80,640 spells would come in one replication: 20,000 are the most",
        ),
    ],
)
def test_crowds_and_storms_have_limits(changed, said, tmp_path, capsys):
    assert main(["run", str(write(tmp_path, changed))]) == 2
    assert said in capsys.readouterr().err
