from itertools import pairwise

import pandas as pd
import pytest

from sim.figures.loads import between, leg_teu, route_legs, service_legs
from tests.report_sample import CHINA, DAY, EUROPE, HORIZON_D, REPLICATIONS, WARM_UP_D, WIDE, sample_log

CHAIN = [("ab", "a", "b"), ("bc", "b", "c"), ("cd", "c", "d")]


def test_legs_between_two_nodes_of_a_chain():
    assert between(CHAIN, "b", "d") == ["bc", "cd"]
    assert between(CHAIN, "a", "b") == ["ab"]
    assert between(CHAIN, "d", "a") == []
    assert between(CHAIN, "b", "z") == []


def test_a_ride_goes_over_the_legs_of_its_consist():
    legs = route_legs(sample_log())["cq-duisburg"]
    stops = CHINA + WIDE[1:] + EUROPE[1:]
    assert legs == [f"{start}-{end}-rail" for start, end in pairwise(stops)]


def test_teu_of_a_leg_are_those_of_the_flows_that_use_it():
    entities = sample_log().legend.entities
    counted = entities[(entities["group"] == "cq-duisburg") & (entities["release_s"] >= WARM_UP_D * DAY)]
    years = (HORIZON_D - WARM_UP_D) / 365
    assert leg_teu(sample_log())["lanzhou-jiayuguan-rail"] == pytest.approx(counted["teu"].sum() / REPLICATIONS / years)


def test_a_leg_driven_in_pieces_is_gone_over_once():
    steps = sample_log().legend.steps
    road = steps[(steps["route"] == "urumqi-almaty") & (steps["leg"] != "")]
    pieces = pd.concat([road, road.head(1).assign(position=-1)])
    assert service_legs(pieces, "urumqi-almaty") == service_legs(road, "urumqi-almaty")
    assert len(service_legs(road, "urumqi-almaty")) == 3
