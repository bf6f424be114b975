"""Patches: the file that extends a scenario gives what the settings give."""

from pathlib import Path

import pytest

from sim.scenario.extends import gather
from sim.scenario.override import override
from sim.scenario.patch import patch
from sim.scenario.reader import resolved
from sim.scenario.shipped import scenarios_folder

BASE = """\
places:
  hall: {capacity: {fact: tracks, times: 2}, hours: [[8, 12], [13, 17]]}
  gate: {capacity: 3 lanes}
"""


@pytest.mark.parametrize(
    "settings",
    [
        {"places.gate.capacity": "4 lanes"},
        {"places.hall.capacity": {"value": "7 tracks", "low": "5 tracks", "note": "fitted"}},
        {"places.hall.capacity": "7 tracks", "places.gate.capacity": "4 lanes"},
        {"places.hall.hours.0.1": 11, "places.hall.hours.1.0": 14},
        {"places.gate.label": "a: new one"},
    ],
)
def test_a_patch_gives_what_the_settings_give(tmp_path, settings):
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    base = gather(tmp_path / "base.yaml")
    text = patch(base, settings, "Why\n\nand how")
    (tmp_path / "patched.yaml").write_text(text, encoding="utf-8")
    assert text.startswith("# Why\n#\n# and how\nextends: base.yaml\n")
    assert resolved(gather(tmp_path / "patched.yaml")) == resolved(override(base, settings))
    assert Path(base.file).name == "base.yaml"


def test_a_patch_of_what_comes_with_the_program_can_lie_anywhere(tmp_path):
    text = patch(gather(scenarios_folder() / "example.yaml"), {"places.hall.capacity": "5 tracks"}, "found")
    (tmp_path / "patch.yaml").write_text(text, encoding="utf-8")
    assert text.splitlines()[:2] == ["# found", "extends: shipped:example.yaml"]
    assert gather(tmp_path / "patch.yaml").at(("places", "hall", "capacity")) == "5 tracks"
