"""Searches carried out with the simulator: the cheapest lanes that keep waiting short, and what they cost."""

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.experiments.optimise import optimise
from sim.experiments.sweep import order
from sim.scenario.search import PRICE
from tests.small_experiments import LANES, written

LANE = {
    "path": "places.post.capacity",
    "values": ["1 lane", "2 lanes", "3 lanes", "4 lanes"],
    "price": "50000 USD/lane",
}
SEARCH = {"goals": ["price"], "trials": 10, "subject_to": {"short": "wait < 2 h"}}


def searched(folder, **changes):
    return {"design": None, "factors": {"lanes": LANE}, "search": SEARCH} | changes


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search")
    return optimise(order(written(folder, **searched(folder))))


def test_the_cheapest_point_that_keeps_the_sentence_is_found(found):
    response = found.swept.response
    waits = response[response["outcome"] == "wait"].set_index("point")["mean"]
    lanes = found.swept.points.set_index("point")["lanes"]
    tried = found.searched.trials
    [best] = tried.loc[tried["front"], "point"]
    fewest = min(lanes[point] for point in tried["point"] if waits[point] < 2)
    assert lanes[best] == fewest
    assert 1 < fewest < 4
    assert found.searched.whole


def test_the_price_is_an_outcome_like_others(found):
    response = found.swept.response
    prices = response[response["outcome"] == PRICE].set_index("point")
    assert prices["mean"].tolist()[1:] == [50_000, 100_000, 150_000, 200_000]
    assert (prices["low"] == prices["high"]).all()
    assert prices["unit"].unique().tolist() == ["USD"]


def test_what_is_found_is_confirmed_by_luck_that_the_search_has_not_had(found):
    confirmed = found.confirmed.set_index(["name", "outcome"])
    response = found.swept.response.set_index(["name", "outcome"])
    [best] = found.searched.found
    fresh, seen = confirmed.loc[(best.name, "wait")], response.loc[(best.name, "wait")]
    assert fresh["replications"] == 3
    assert fresh["mean"] != seen["mean"]
    assert set(found.confirmed["name"]) == {"base", best.name}


def test_the_front_of_price_and_waiting(tmp_path):
    search = {"goals": ["price", "wait"], "trials": 10}
    found = optimise(order(written(tmp_path, **searched(tmp_path, search=search))))
    means = found.swept.response.pivot(index="point", columns="outcome", values="mean")
    front = found.searched.trials.loc[found.searched.trials["front"], "point"]
    waits = means.loc[front].sort_values(PRICE)["wait"].to_numpy()
    assert len(front) > 1
    assert (np.diff(waits) < 0).all()


def test_workers_and_a_store_change_nothing(tmp_path, found):
    for crew in (1, 2):
        folder = tmp_path / str(crew)
        again = optimise(order(written(folder, **searched(folder))), crew=crew, store=tmp_path / "store.sqlite")
        for name, table in found.tables.items():
            assert table.equals(again.tables[name]), name


def test_an_experiment_without_a_search_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="has no 'search'"):
        optimise(order(written(tmp_path, **LANES)))
