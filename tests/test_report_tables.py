"""Words in the tables of a report: marks of flows that look too good, amounts with their nouns, lengths."""

from dataclasses import replace

from sim import report
from sim.figures import Drawings
from sim.log import Log
from sim.report.document import Table
from sim.report.experiment import experiment
from sim.report.flows import MONEY, TIMES, by_flow
from sim.report.formats import with_interval
from sim.report.limits import unfinished
from sim.report.model import places, services
from sim.report.summary import told
from tests.report_sample import sample_log, sample_tables


def starved():
    """The tables of the sample, with 50 of 100 shipments of one flow under way when the run ended."""
    transit = sample_tables()["transit"].copy()
    one = transit["flow"] == "cq-duisburg"
    transit["finished"], transit["unfinished"] = 100, 0
    transit.loc[one, ["finished", "unfinished"]] = 50
    return {**sample_tables(), "transit": transit}


def test_a_flow_with_many_unfinished_is_marked_where_its_times_stand():
    flows = ["cq-duisburg", "urumqi-almaty"]
    times = by_flow(sample_log(), starved(), TIMES, flows, "Times")
    money = by_flow(sample_log(), starved(), MONEY, flows, "Money")
    label, other = (row[0] for row in money.rows)
    assert [row[0] for row in times.rows] == [f"{label} (too good: 50% unfinished)", other]


def test_the_limits_say_why_such_a_flow_is_too_good():
    said = str(unfinished(sample_log(), starved()))
    assert "Where more than 10% are unfinished" in said
    assert "mark these flows as too good" in said
    assert "too good" not in str(
        unfinished(sample_log(), {**sample_tables(), "transit": starved()["transit"].iloc[1:2]})
    )


def with_legend(**tables) -> Log:
    log = sample_log()
    return replace(log, legend=replace(log.legend, **tables))


def test_places_have_amounts_in_words():
    log = with_legend(places=sample_log().legend.places.assign(unit="track"))
    column = [one.title for one in places(log, sample_tables()).columns].index("Capacity")
    for row in places(log, sample_tables()).rows:
        assert row[column].endswith("1 track") or row[column].endswith("tracks"), row


def test_services_tell_how_long_their_trains_are():
    titles = [column.title for column in services(sample_log(), sample_tables()).columns]
    assert {row[titles.index("Length")] for row in services(sample_log(), sample_tables()).rows} == {"50 wagons"}
    silent = with_legend(services=sample_log().legend.services.assign(length=""))
    assert "Length" not in [column.title for column in services(silent, sample_tables()).columns]


def test_the_settings_tell_what_a_run_was_made_of_beside_its_scenario():
    beside = {
        "rules": {"file": "own.py", "digest": "0123456789ab"},
        "since": {"time_s": 45 * 86400, "seed": 1, "digest": "ba9876543210"},
    }
    log = with_legend(origin={**sample_log().legend.origin, **beside})
    table = next(block for block in experiment(log).blocks if isinstance(block, Table))
    assert table.rows[-2:] == (
        ("Choices by functions", "own.py, digest 0123456789ab"),
        (
            "Went on from",
            "a run that stopped at 15 February 2024, 00:00 UTC, with seed 1; then this one counts",
        ),
    )
    plain = next(block for block in experiment(sample_log()).blocks if isinstance(block, Table))
    assert len(plain.rows) == len(table.rows) - 2


OF_NO_REPLICATION = {
    "Reported flows", "Settings", "What is to be known of each observation", "Origin", "Facts used", "Sources",
    "Assumptions", "Legs",
}  # fmt: skip
"""Tables of what was put in, not of what came out."""


def test_every_table_of_results_has_intervals():
    document = report.compose(sample_log(), sample_tables(), Drawings((), ()))
    tables = [block for block in document.blocks() if isinstance(block, Table)]
    results = [one for one in tables if one.caption.split(".")[0].split(":")[0] not in OF_NO_REPLICATION]
    below = [one for one in results if "below a mean its 95% interval" in one.caption]
    beside = [one for one in results if "95% interval" in [column.title for column in one.columns]]
    assert (len(below), len(beside), len(results)) == (9, 2, 11)
    assert all(any("\n" in cell for row in one.rows for cell in row) for one in below)


def test_a_mean_has_its_interval_below_it_and_a_share_stays_one():
    row = {"x": 0.98, "x_low": 0.94, "x_high": 1.03}
    assert with_interval(row, "x", percent=True) == "98\n94.0 to 100.0"
    assert with_interval(row, "x") == "0.980\n0.940 to 1.030"
    assert with_interval({"x": 5.0, "x_low": float("nan"), "x_high": float("nan")}, "x") == "5"


def test_the_first_sentence_has_intervals_in_brackets():
    text = told(sample_tables(), "transit", "mean_d", "", "cq-duisburg")
    mean, low, high = (float(part) for part in text.replace("(", "").replace(")", "").replace(" to ", " ").split(" "))
    assert low < mean < high
    once = {"transit": sample_tables()["transit"].query("replication == 0")}
    assert "(" not in told(once, "transit", "mean_d", "", "cq-duisburg")
