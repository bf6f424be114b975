"""The small scenarios of scenarios/valid, one feature each, simulated; what comes of them in hours."""

from __future__ import annotations

from pathlib import Path

from sim import scenario
from sim.experiments import rules, runs

VALID = Path(__file__).parent / "scenarios" / "valid"
HOUR = 3600


def simulated(name, overrides=None, replications=1):
    loaded = scenario.open_scenario(VALID / f"{name}.yaml", overrides)
    own = VALID / f"{name}.py"
    functions = rules.read(own) if own.exists() else rules.RulesFile()
    order = runs.Order(loaded, name, loaded.scenario.seed, replications, "reference", rules=functions)
    return runs.simulate(order, lambda _done, _total, _what: None)


def transit_hours(name, overrides=None, flow="trains"):
    """Hours from release to arrival of each shipment of a flow."""
    recorded = simulated(name, overrides)
    entities = recorded.legend.entities
    steps = recorded.legend.steps
    last = int(steps[steps.route == flow].step.max())
    visits = recorded.visits
    arrived = visits[(visits.step == last) & visits.entered.notna()].set_index("entity").left
    own = entities[entities.group == flow]
    pairs = zip(own.entity, own.release_s, strict=True)
    return [round((arrived[key] - release) / HOUR, 6) if key in arrived.index else None for key, release in pairs]


def entered_hours(name, step, overrides=None):
    """When each visit of a step was entered, in hours since the start."""
    recorded = simulated(name, overrides)
    steps = recorded.legend.steps
    number = int(steps[steps.name == step].step.iloc[0])
    found = recorded.visits[recorded.visits.step == number].entered
    return [round(entered / HOUR, 6) for entered in found]
