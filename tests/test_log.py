import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.errors import ResultError
from sim.log import LEGEND, VISITS, Log, assert_same, build, digest, numbers_of, read, write
from tests.small_logs import HOUR, corridors, legend_of, nothing_moved, only_first, origin, visits


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


def test_visits_of_all_replications_stand_in_one_table():
    log = corridors()
    assert list(log.visits.columns) == list(VISITS)
    assert set(log.visits.dtypes.astype(str)) == {"Int64"}
    assert log.visits["replication"].tolist() == [0] * 26 + [1] * 13


def test_what_had_not_happened_is_missing():
    waiting = corridors().visits.query("replication == 0 and entity == 2 and step == 1")
    assert waiting["requested"].tolist() == [13 * HOUR]
    assert waiting[["place", "entered", "left", "released", "consist"]].isna().to_numpy().all()


def test_written_and_read_a_log_is_the_same(tmp_path):
    log = corridors()
    write(log, tmp_path / "run")
    again = read(tmp_path / "run")
    assert_same(log, again)
    assert again.legend.origin == log.legend.origin
    assert again.visits.dtypes.tolist() == log.visits.dtypes.tolist()


def test_a_log_without_visits_can_be_written_and_read(tmp_path):
    write(nothing_moved(), tmp_path)
    assert_same(nothing_moved(), read(tmp_path))


def test_same_log_gives_same_bytes(tmp_path):
    write(corridors(), tmp_path / "a")
    write(read(tmp_path / "a"), tmp_path / "b")
    ours, theirs = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert sorted(ours) == sorted(
        ["visits.parquet", "legend/origin.json", *(f"legend/{name}.parquet" for name in LEGEND)]
    )
    assert ours == theirs
    assert b"pandas" not in ours["visits.parquet"]


def test_digest_is_of_the_visits_alone():
    log = corridors()
    assert digest(log) == digest(replace(log, legend=replace(log.legend, origin={})))
    assert digest(log) == "2711561f8ae1856a9b7e7ac189084d8bf3086a46b7c746eb5aa6f7e678b55d79"
    assert digest(log) != digest(only_first())


def changed(log: Log, row: int, column: str, value: int) -> Log:
    table = log.visits.copy()
    table.loc[row, column] = value
    return replace(log, visits=table)


@pytest.mark.parametrize("column", list(VISITS))
def test_a_difference_in_any_column_is_found(column):
    with pytest.raises(AssertionError, match=f"{column} is 77 against"):
        assert_same(changed(corridors(), 4, column, 77), corridors())


def test_a_difference_names_row_and_values():
    with pytest.raises(AssertionError) as caught:
        assert_same(corridors(), changed(corridors(), 8, "left", 9 * HOUR + 1))
    assert str(caught.value) == (
        "visit 8 (replication 0, entity 3, step 4): left is 32400 against 32401; 1 rows differ in it"
    )


def test_missing_differs_from_any_number():
    log = corridors()
    row = log.visits["left"].isna().tolist().index(True)
    with pytest.raises(AssertionError, match="left is -1 against 0"):
        assert_same(log, changed(log, row, "left", 0))


def test_fewer_visits_differ():
    log = corridors()
    with pytest.raises(AssertionError, match="39 visits against 38"):
        assert_same(log, replace(log, visits=log.visits.iloc[:-1]))


def test_a_difference_in_the_legend_is_found():
    log = corridors()
    places = log.legend.places.assign(name="elsewhere")
    with pytest.raises(AssertionError, match=r"legend\.places"):
        assert_same(log, replace(log, legend=replace(log.legend, places=places)))


def test_the_engine_may_differ():
    log = corridors()
    assert_same(log, replace(log, legend=replace(log.legend, origin={"engine": "other"})))


def test_numbers_of_a_column_are_minus_one_where_missing():
    table = pd.DataFrame({"x": pd.array([1, None], dtype="Int64")})
    assert numbers_of(table, "x").tolist() == [1, -1]


def test_a_legend_without_a_column_is_refused():
    legend = legend_of(origin(1, 48), [])
    broken = replace(legend, places=legend.places.drop(columns="kind").assign(colour="red"))
    with pytest.raises(
        ResultError, match="table places: lacks kind and has unknown colour; its columns are place, name"
    ):
        build([visits([])], broken)


def test_a_legend_with_text_for_numbers_is_refused():
    legend = legend_of(origin(1, 48), [])
    broken = replace(legend, windows=legend.windows.assign(capacity="many"))
    with pytest.raises(ResultError, match="table windows: column capacity does not hold int64"):
        build([visits([])], broken)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ResultError, match="nowhere: not the folder of a run: it is not a folder"):
        read(tmp_path / "nowhere")


def test_a_folder_that_lacks_files_names_them(tmp_path):
    write(corridors(), tmp_path)
    (tmp_path / "visits.parquet").unlink()
    with pytest.raises(ResultError, match=r"it lacks visits\.parquet\. Make one with: landbridge run FILE"):
        read(tmp_path)


def test_a_file_that_is_not_parquet_is_named(tmp_path):
    write(corridors(), tmp_path)
    (tmp_path / "visits.parquet").write_bytes(b"something else")
    with pytest.raises(ResultError, match=r"visits\.parquet: not a Parquet file that can be read"):
        read(tmp_path)


def test_a_table_of_another_version_is_named(tmp_path):
    write(corridors(), tmp_path)
    pd.DataFrame({"node": ["a"]}).to_parquet(tmp_path / "legend" / "nodes.parquet")
    with pytest.raises(ResultError, match=r"nodes\.parquet: table nodes: lacks name, .*another version"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("text", "what"), [("{", "not JSON"), (json.dumps([1]), "one object"), ("{}", "lacks scenario, start")]
)
def test_an_origin_that_cannot_be_read_is_named(tmp_path, text, what):
    write(corridors(), tmp_path)
    (tmp_path / "legend" / "origin.json").write_text(text, encoding="utf-8")
    with pytest.raises(ResultError, match=rf"origin\.json: .*{what}"):
        read(tmp_path)
