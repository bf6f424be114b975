"""Exact results of queueing theory, each with its source or its derivation. Times in seconds, rates a second.

A load is the rate times the mean service over the number of servers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import factorial
from typing import NamedTuple

import numpy as np
from scipy import sparse, stats
from scipy.sparse.linalg import spsolve

from sim.plan.tables import Floats

State = tuple[int, ...]
Moves = Callable[[State], Iterable[tuple[State, float]]]
"""Where a Markov chain goes from a state, and at which rates."""


class Class(NamedTuple):
    """Customers of one priority: how many come, and the first two moments of their service."""

    rate: float
    mean: float
    second: float


def stationary(start: State, moves: Moves) -> dict[State, float]:
    """Probabilities of all states that are reached from the first one, in the long run."""
    numbers, rates = {start: 0}, []
    states = [start]
    for state in states:
        for target, rate in moves(state):
            if target not in numbers:
                numbers[target] = len(states)
                states.append(target)
            rates += [(numbers[target], numbers[state], rate), (numbers[state], numbers[state], -rate)]
    to, of, rate_ = (np.array(column) for column in zip(*rates, strict=True))
    balance = sparse.csr_matrix((rate_, (to, of)), shape=(len(states), len(states))).tolil()
    balance[0, :] = 1.0
    chances = spsolve(balance.tocsr(), np.eye(1, len(states))[0])
    return dict(zip(states, chances.tolist(), strict=True))


def birth_and_death(births: Sequence[float], deaths: Sequence[float]) -> Floats:
    """Probabilities of 0, 1, ...: the rate up from n is ``births[n]``, the rate down from n + 1 ``deaths[n]``."""
    weights = np.cumprod([1.0, *(birth / death for birth, death in zip(births, deaths, strict=True))])
    return np.array(weights / weights.sum())


def erlang_b(servers: int, offered: float) -> float:
    """Share of those who find all servers busy where nobody waits: M/G/c/c, whatever the service (Sevastyanov 1957)."""
    loads = [offered**n / factorial(n) for n in range(servers + 1)]
    return loads[-1] / sum(loads)


def erlang_c(servers: int, load: float) -> float:
    """Share of those who wait in M/M/c (Erlang 1917)."""
    blocked = erlang_b(servers, servers * load)
    return blocked / (1 - load * (1 - blocked))


def mmc_wait(servers: int, load: float, service: float) -> float:
    """Mean wait of M/M/c."""
    return erlang_c(servers, load) * service / (servers * (1 - load))


def pollaczek_khinchine(rate: float, mean: float, second: float) -> float:
    """Mean wait of M/G/1 from the first two moments of the service (Pollaczek 1930, Khinchine 1932)."""
    return rate * second / (2 * (1 - rate * mean))


def cobham(classes: Sequence[Class]) -> list[float]:
    """Mean waits of M/G/1 by class, the most urgent first, nobody put out again.

    Source: Cobham, "Priority assignment in waiting line problems", Operations Research 2 (1) 1954, 70-76.
    """
    residual = sum(each.rate * each.second for each in classes) / 2
    loads = np.cumsum([0.0, *(each.rate * each.mean for each in classes)]).tolist()
    return [residual / ((1 - before) * (1 - own)) for before, own in pairwise(loads)]


def cobham_of_servers(servers: int, loads: Sequence[float], service: float) -> list[float]:
    """The same for M/M/c with one mean service for all classes; ``loads`` of the classes by the server."""
    residual = erlang_c(servers, sum(loads)) * service / servers
    sums = np.cumsum([0.0, *loads]).tolist()
    return [residual / ((1 - before) * (1 - own)) for before, own in pairwise(sums)]


def batch_wait(rate: float, service: float, mean: float, second: float) -> float:
    """Mean wait of M^X/M/1: batches at a rate, with the first two moments of how many come together.

    Who comes waits for those in the system and for those of its batch before it: E[X(X-1)] / 2E[X] of them.
    """
    load = rate * mean * service
    return service * (load + (second / mean - 1) / 2) / (1 - load)


def two_stages(servers: int, load: float, most: int = 120) -> float:
    """Mean number waiting of E2/E2/c, each stage of a gap or of a service being exponential; mean service 1.

    State: customers, whether the gap is in its second stage, services in their second stage. Cut at ``most``.
    """
    arrival, service = 2.0 * servers * load, 2.0

    def moves(state: State) -> Iterable[tuple[State, float]]:
        number, second_gap, late = state
        busy = min(number, servers)
        if not second_gap:
            yield (number, 1, late), arrival
        elif number < most:
            yield (number + 1, 0, late), arrival
        if busy > late:
            yield (number, second_gap, late + 1), service * (busy - late)
        if late:
            yield (number - 1, second_gap, late - 1), service * late

    chances = stationary((0, 0, 0), moves)
    return sum(max(0, number - servers) * chance for (number, _, _), chance in chances.items())


def mean_values(demands: Sequence[float], think: float, customers: int) -> float:
    """Throughput of a closed network of queues with one server each, by mean value analysis.

    Source: Reiser, Lavenberg, "Mean-value analysis of closed multichain queuing networks", JACM 27 (2) 1980, 313-322.
    """
    queues: Floats = np.zeros(len(demands))
    throughput = 0.0
    for number in range(1, customers + 1):
        times = np.array(demands) * (1 + queues)
        throughput = number / (think + float(times.sum()))
        queues = np.array(throughput * times, np.float64)
    return throughput


def closed_network(demands: Sequence[float], servers: Sequence[int], customers: int) -> float:
    """Throughput of a closed network with several servers at a station, by convolution.

    Source: Buzen, "Computational algorithms for closed queueing networks", CACM 16 (9) 1973, 527-531.
    """
    constants = np.eye(1, customers + 1)[0]
    for demand, number in zip(demands, servers, strict=True):
        own = np.cumprod([1.0, *(demand / min(n, number) for n in range(1, customers + 1))])
        constants = np.convolve(constants, own)[: customers + 1]
    return float(constants[customers - 1] / constants[customers])


def traffic_equations(outside: Floats, routing: Floats) -> Floats:
    """Rates at the stations of an open network (Jackson, Operations Research 5 (4) 1957, 518-521)."""
    return np.array(np.linalg.solve(np.eye(len(outside)) - routing.T, outside), np.float64)


def down_at_times(rate: float, fail: float, mend: float) -> float:
    """Mean number in M/M/1 of mean service 1 that is down for exponential times and resumes its work.

    Source: White and Christie, Operations Research 6 (1) 1958, 79-95, with breakdowns at any time.
    """
    up = mend / (fail + mend)
    return rate / (up - rate) * (1 + fail / (fail + mend) ** 2)


def left_behind(arriving: float, room: int, most: int = 200) -> float:
    """Mean number left behind by a departure with room for so many, Poisson numbers coming between two of them.

    Source: Bailey, "On queueing processes with bulk service", JRSS B 16 (1) 1954, 80-87.
    """
    came = stats.poisson(arriving).pmf(np.arange(most))
    moves: Floats = np.zeros((most, most))
    for before in range(most):
        after = np.clip(before + np.arange(most) - room, 0, most - 1)
        np.add.at(moves[before], after, came)
    chances = np.linalg.matrix_power(moves / moves.sum(axis=1, keepdims=True), 4096)[0]
    return float(np.arange(most) @ chances)


def saturated_tandem(first: float, second: float, buffer: int) -> float:
    """Throughput of two machines of those mean services, the first never short of parts, a buffer between.

    The first waits with its finished part while the buffer is full: between none and ``buffer`` + 2 parts have been
    worked by it and not yet by the second (Hunt, Operations Research 4 (6) 1956, 674-683).
    """
    chances = birth_and_death([1 / first] * (buffer + 2), [1 / second] * (buffer + 2))
    return float((1 - chances[0]) / second)
