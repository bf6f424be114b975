"""All tables of a sweep: its own, and what its design gives."""

import pytest

from tests.swept_sample import swept

OWN = ["points", "factors", "outcomes", "sentences", "values", "failures", "response", "expectations"]
ALWAYS = ["tornado", "curves", "effects"]
LAST = ["surrogates", "partial_dependence"]


@pytest.mark.parametrize(
    ("kind", "filled"),
    [
        ("one-at-a-time", {"tornado", "curves", "effects"}),
        ("grid", {"curves", "effects"}),
        ("morris", {"screening"}),
        ("sobol-indices", {"indices", "surrogates", "partial_dependence"}),
        ("latin-hypercube", {"surrogates", "partial_dependence"}),
    ],
)
def test_each_design_fills_its_tables(kind, filled):
    found = swept(kind)
    own = [name for name in ("screening", "indices") if name in filled]
    assert list(found) == [*OWN, *ALWAYS, *own, *LAST]
    assert {name for name in (*ALWAYS, *own, *LAST) if len(found[name])} == filled
