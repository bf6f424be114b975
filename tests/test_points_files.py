"""Points from CSV files, with the line and the column of each cell."""

from __future__ import annotations

from sim.scenario.located import Mark
from sim.scenario.points_files import Row, read_csv

FACTORS = ["hall", "dwell"]


def read(tmp_path, content):
    path = tmp_path / "points.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    rows, problems = read_csv(path, "points.csv", FACTORS)
    return rows, [str(problem) for problem in problems]


def test_rows_have_values_and_know_where_they_stand(tmp_path):
    rows, problems = read(tmp_path, 'point,hall, dwell (h)\n a ,2 tracks,1.5\n\nb,"3 tracks",2\n')
    assert problems == []
    assert rows == (
        Row("a", Mark("points.csv", 2, 1), {"hall": "2 tracks", "dwell": "1.5 h"},
            {"hall": Mark("points.csv", 2, 5), "dwell": Mark("points.csv", 2, 14)}),
        Row("b", Mark("points.csv", 4, 1), {"hall": "3 tracks", "dwell": "2 h"},
            {"hall": Mark("points.csv", 4, 3), "dwell": Mark("points.csv", 4, 14)}),
    )  # fmt: skip


def test_a_bare_cell_is_read_as_in_a_scenario(tmp_path):
    rows, problems = read(tmp_path, "hall,dwell\n3,true\n1e999,x\n")
    assert problems == []
    assert [dict(row.values) for row in rows] == [{"hall": 3, "dwell": True}, {"hall": "1e999", "dwell": "x"}]
    assert [row.name for row in rows] == ["", ""]


def test_all_that_is_wrong_with_the_heading_is_told(tmp_path):
    assert read(tmp_path, "hal,dwell,dwell (h),point\n1,2,3,4\n")[1] == [
        "points.csv:1:1: unknown factor 'hal' - did you mean 'hall'? allowed: hall, dwell, point",
        "points.csv:1:11: two columns 'dwell'",
    ]


def test_all_that_is_wrong_with_the_rows_is_told(tmp_path):
    assert read(tmp_path, "point,hall\na,1\nA b,1\na,\n1\n")[1] == [
        "points.csv:3:1: 'A b' is no id: small letters a-z, digits and hyphens are allowed",
        "points.csv:4:1: 'a' is a point already, in line 2",
        "points.csv:4:3: no value of 'hall'",
        "points.csv:5:1: 1 cell, but the heading has 2",
    ]


def test_what_is_no_table_is_refused(tmp_path):
    assert read(tmp_path, "")[1] == ["points.csv:1:1: the file is empty: its first line names a factor in each column"]
    assert read(tmp_path, "hall\n\n")[1] == ["points.csv:1:1: no points: there is nothing below the heading"]
    assert read(tmp_path, b"hall\n\xff\n")[1] == ["points.csv:1:1: not UTF-8 text (byte 0xff)"]
