"""What is printed of a sweep."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from sim.cli.responses import print_response
from sim.report.points import MOST_BEST, MOST_WORST
from tests.swept_sample import OUTCOMES, swept


def printed(kind: str, capsys: Any) -> list[str]:
    tables = swept(kind)
    found = SimpleNamespace(**{name: tables[name] for name in ("points", "factors", "response")})
    found.outcomes, found.tables = OUTCOMES.head(1), tables
    print_response(cast(Any, found))
    return cast(str, capsys.readouterr().out).splitlines()


def test_few_points_are_all_printed(capsys):
    said = printed("grid", capsys)
    assert [line.split()[0] for line in said[2:]] == ["base", *(f"p{n}" for n in range(1, 13))]


def test_of_many_points_the_base_and_both_ends_are_printed(capsys):
    said = printed("morris", capsys)
    assert said[-1] == "the base and both ends of 51 points: see tables/response.csv"
    names = [line.split()[0] for line in said[2:-1] if line[:1].strip()]
    means = swept("morris")["response"].query("outcome == 'time' and point > 0").sort_values("mean", kind="stable")
    assert names == ["base", *means["name"].head(MOST_BEST), *means["name"].tail(MOST_WORST)]
