"""Comparing runs: folders and files, what is refused, what is written and told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli import main
from sim.errors import SimError
from sim.experiments import compare, runs
from sim.figures import Drawing, LeftOut
from sim.figures import comparison as figure
from sim.metrics.comparison import LOWER, NONE, SAME
from sim.report.comparison import stated
from tests.small_scenarios import write

MORE = "extends: small.yaml\nservices: {narrow: {departures: {timetable: {days: [mon-sun]}}}}\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The small scenario, and one with departures every day."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    Path("more.yaml").write_text(MORE, encoding="utf-8")
    return [Path("small.yaml"), Path("more.yaml")]


def test_files_are_run_with_the_seed_and_as_often_as_the_first(files):
    Path("more.yaml").write_text(MORE + "seed: 99\nreplications: 9\n", encoding="utf-8")
    found = compare.compare(files, compare.Order(replications=4))
    assert found.runs[["run", "seed", "replications"]].values.tolist() == [["small", 7, 4], ["more", 7, 4]]
    assert found.differing.values.tolist() == [
        ["services.narrow.departures.timetable.days", '["mon-fri"]', '["mon-sun"]']
    ]
    row = found.table[(found.table["metric"] == "Transit time, 95th percentile") & (found.table["group"] == "goods")]
    assert row["verdict"].tolist() == [LOWER]
    alone = [runs.run(file, replications=4, seed=7).tables["transit"] for file in files]
    of_goods = [table.loc[table["flow"] == "goods", "p95_d"].to_numpy() for table in alone]
    assert row["difference"].to_numpy() == pytest.approx(np.mean(of_goods[1] - of_goods[0]))


def test_where_the_base_ends_by_a_rule_the_others_are_run_as_often(files):
    Path("until.yaml").write_text("extends: small.yaml\nreplications: {half_width: 5 %, least: 3}\n", encoding="utf-8")
    found = compare.compare([Path("until.yaml"), files[1]])
    assert found.runs["replications"].tolist() == [8, 8]
    assert found.differing["path"].tolist() == ["services.narrow.departures.timetable.days"]


def test_folders_give_what_their_files_give(files):
    folders = []
    for file in files:
        runs.run(file, out=Path(file.stem), replications=3)
        folders.append(Path(file.stem))
    made = compare.compare(files, compare.Order(replications=3))
    for given in (folders, [folders[0], files[1]]):
        read = compare.compare(given)
        pd.testing.assert_frame_equal(read.table, made.table)
        pd.testing.assert_frame_equal(read.differing, made.differing)
        assert compare.digest(read) == compare.digest(made)


def test_runs_that_are_not_paired_are_refused_with_all_that_is_apart(files):
    runs.run(files[0], out=Path("one"), replications=2)
    runs.run(files[1], out=Path("two"), replications=3, seed=8)
    with pytest.raises(SimError) as refused:
        compare.compare([Path("one"), Path("two")])
    assert str(refused.value).startswith(
        "the runs are not paired, so that their differences are not those of their scenarios: "
        "seed: 7 of small, 8 of more; number of replications: 2 of small, 3 of more."
    )
    Path("long.yaml").write_text("extends: small.yaml\nhorizon: 30 days\n", encoding="utf-8")
    with pytest.raises(SimError, match="horizon in seconds: 2419200 of small, 2592000 of long"):
        compare.compare([files[0], Path("long.yaml")])
    with pytest.raises(SimError, match="takes two runs or more"):
        compare.compare([files[0]])


def test_the_longest_warm_up_counts_for_all(files):
    Path("later.yaml").write_text("extends: small.yaml\nwarm_up: 5 days\n", encoding="utf-8")
    found = compare.compare([files[0], Path("later.yaml")])
    assert found.runs["warm_up_s"].tolist() == [5 * 86400] * 2
    assert set(found.table["verdict"]) <= {SAME, NONE}
    assert found.warnings[0] == "the runs leave out warm-ups of different length: the longest, 5 days, counts for all"


def test_runs_of_one_scenario_are_told_apart(files):
    for folder, capacity in (("one", "1 track"), ("two", "2 tracks")):
        runs.run(files[0], out=Path(folder), overrides={"places.hall.capacity": capacity})
    names = compare.compare([Path("one"), Path("two"), Path("one")]).runs["run"].tolist()
    assert len(set(names)) == 3
    assert all(name.startswith("small ") for name in names)


def test_the_best_is_picked_by_a_number_of_the_key_table(files):
    pick = compare.Pick("Transit time, mean @ Goods", zone=0.01)
    best = compare.compare(files, compare.Order(replications=5), pick).best
    assert best is not None
    assert (best.metric, best.label, best.unit) == ("Transit time, mean", "Goods", "days")
    assert best.table["first"].tolist() == [False, True]
    assert best.due is not None
    assert best.due > 5


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("transit time, mean", "is the name of 2 numbers of the key table; allowed: 'Transit time, mean@goods', "),
        ("transit", "is no number of the key table; allowed: 'Transit time, mean@goods'"),
        ("transit time, mean@boxes", "is no number of the key table; allowed: 'Transit time, mean@goods', "),
    ],
)
def test_a_number_that_is_none_or_several_is_refused_with_those_there_are(files, number, said):
    with pytest.raises(SimError, match=f"'{number}' {said}"):
        compare.compare(files, pick=compare.Pick(number))


def test_one_replication_has_no_best(files):
    with pytest.raises(SimError, match="from two replications or more"):
        compare.compare(files, compare.Order(replications=1), compare.Pick("speed with delay@goods"))


def test_the_command_writes_and_tells_it(files, capsys):
    options = ["--replications", "4", "--best", "transit time, mean@goods", "--indifference", "0.1"]
    assert main(["compare", *map(str, files), *options]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "numbers are shown to differ from small" in text
    assert re.search(r"more has the lowest Transit time, mean, Goods: [\d.]+ days \([\d.]+ to [\d.]+\)\.", text)
    [folder] = Path("reports/comparison").iterdir()
    assert {path.name for path in folder.iterdir()} == {
        "comparison.json", "report.pdf", "report.html", "figures", "tables",
    }  # fmt: skip
    first = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    assert main(["compare", *map(str, files), *options, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer.pop("folder") == str(folder)
    assert answer == json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    assert answer["base"] == "small"
    assert {path: path.read_bytes() for path in first} == first


def test_a_number_is_told_as_the_scenario_says_it_with_its_note_behind():
    assert stated('{"note": "assumed", "value": "16 h"}') == "16 h (assumed)"
    assert stated('{"value": "16 h", "low": "8 h"}') == "16 h (low 8 h)"
    assert [stated(text) for text in ("20 h", "3", '{"fact": "x"}', "{")] == ["20 h", "3", '{"fact": "x"}', "{"]


def test_what_belongs_to_the_best_goes_with_it(files, capsys):
    assert main(["compare", *map(str, files), "--highest"]) == 2
    assert "go with --best NUMBER" in capsys.readouterr().err


def test_the_figure_marks_what_is_shown_and_says_it(files):
    found = compare.compare(files, compare.Order(replications=4))
    drawing = figure.draw(found.table, "small")
    assert isinstance(drawing, Drawing)
    [axes] = drawing.figure.axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    told = found.table[found.table["verdict"].isin(["lower", "higher"])]
    filled = np.asarray(axes.collections[1].get_offsets())
    assert "Transit time, mean: Goods" in names
    assert len(filled) == len(told.dropna(subset=["share"]))
    assert drawing.caption.startswith("The largest difference to small that is shown: ")
    alike = compare.compare([files[0], files[0]])
    assert isinstance(figure.draw(alike.table, "small"), LeftOut)
