"""The draws of :mod:`sim.plan.draws` for one address at a time, bit for bit, in what the compiler understands."""

from __future__ import annotations

import math

from sim.engines.jit import aside, part
from sim.engines.layout import (
    ADDRESS,
    FAMILY,
    LAP_BITS,
    LOAD,
    QUANTILES,
    REPLICATION,
    SECONDS,
    SEED,
    STREAM,
    World,
)
from sim.plan.draws import _CENTRE, _FAR, _MIDDLE, CELLS
from sim.plan.tables import LONGEST, Kind

_MASK = 0xFFFFFFFF
_MULTIPLIER, _OTHER_MULTIPLIER = 0xD2511F53, 0xCD9E8D57
_WEYL, _OTHER_WEYL = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10
_FIXED, _EXPONENTIAL, _LOGNORMAL, _TRIANGULAR, _UNIFORM, _WEIBULL = (int(kind) for kind in list(Kind)[:-1])


@part
def uniform(w: World, entity: int, step: int, purpose: int) -> float:
    """A number between 0 and 1 of 52 random bits, by Philox4x32-10, for a purpose of an entity at a step in its lap.

    A product of 32-bit numbers may pass the sign of 64 bits; masks after the shift make that right.
    """
    address = int(w.state[entity, ADDRESS])
    first, second = address & _MASK, address >> LAP_BITS
    third, fourth = int(w.steps[step, STREAM]), purpose
    one, two = int(w.clock[SEED]), int(w.clock[REPLICATION])
    for _ in range(_ROUNDS):
        product, other = first * _MULTIPLIER, third * _OTHER_MULTIPLIER
        first, second, third, fourth = (
            ((other >> 32) & _MASK) ^ second ^ one,
            other & _MASK,
            ((product >> 32) & _MASK) ^ fourth ^ two,
            product & _MASK,
        )
        one, two = (one + _WEYL) & _MASK, (two + _OTHER_WEYL) & _MASK
    bits = ((first >> 6) << 26) | (second >> 6)
    return (bits + 0.5) * 2.0**-52


@part
def rounded(seconds: float) -> int:
    """Whole seconds, a half upwards, never negative, and never more than the longest."""
    return max(0, math.floor(min(seconds, LONGEST) + 0.5))


@part
def drawn(w: World, entity: int, step: int, row: int, purpose: int) -> int:
    """Whole seconds: a draw of the family in that row, for a purpose of an entity at a step."""
    if w.families[row, FAMILY] == _FIXED:
        fixed: int = w.families[row, SECONDS]
        return fixed
    return rounded(_quantile(w, row, uniform(w, entity, step, purpose)))


@aside
def draw(w: World, entity: int, step: int, row: int, purpose: int) -> int:
    """The same, for where it need not be fast."""
    return drawn(w, entity, step, row, purpose)


@part
def work(w: World, entity: int, step: int, stay: int) -> int:
    """Whole seconds at pace 1: the stay and what each TEU adds, its own and those aboard."""
    per_teu = w.per_teu[step]
    if per_teu == 0.0:
        return stay
    return rounded(stay + per_teu * (w.teu[entity] + w.state[entity, LOAD]))


@part
def _quantile(w: World, row: int, u: float) -> float:
    """Quantile of the family in that row at u."""
    kind, a, b = w.families[row, FAMILY], w.parameters[row, 0], w.parameters[row, 1]
    if kind == _LOGNORMAL:
        return math.exp(a + b * _normal_quantile(u))
    if kind == _EXPONENTIAL:
        return float(-a * math.log(1.0 - u))
    if kind == _UNIFORM:
        return float(a + (b - a) * u)
    return _other_quantile(w, row, u)


@aside
def _other_quantile(w: World, row: int, u: float) -> float:
    kind, a, b, c = w.families[row, FAMILY], w.parameters[row, 0], w.parameters[row, 1], w.parameters[row, 2]
    if kind == _WEIBULL:
        return float(a * math.pow(-math.log(1.0 - u), 1.0 / b))
    if kind == _TRIANGULAR:
        if u * (c - a) < b - a:
            return float(a + math.sqrt(u * (c - a) * (b - a)))
        return float(c - math.sqrt((1.0 - u) * (c - a) * (c - b)))
    cell = int(u * CELLS)
    low = w.quantiles[w.families[row, QUANTILES] + cell]
    high = w.quantiles[w.families[row, QUANTILES] + cell + 1]
    return float(low + (high - low) * (u * CELLS - cell))


@part
def _normal_quantile(u: float) -> float:
    """Quantile of the standard normal distribution: AS 241, as in the plan's draws."""
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(0.180625 - q * q, _CENTRE[0], _CENTRE[1])
    return _tail_quantile(u, q)


@aside
def _tail_quantile(u: float, q: float) -> float:
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    x = _ratio(r - 1.6, _MIDDLE[0], _MIDDLE[1]) if r <= 5.0 else _ratio(r - 5.0, _FAR[0], _FAR[1])
    return -x if q < 0.0 else x


@part
def _ratio(r: float, over: tuple[float, ...], under: tuple[float, ...]) -> float:
    """Ratio of two polynomials of degree 7 in r, coefficients from the highest power down."""
    a, b, c, d, e, f, g, h = over
    i, j, k, m, n, o, p, s = under
    return (((((((a * r + b) * r + c) * r + d) * r + e) * r + f) * r + g) * r + h) / (
        ((((((i * r + j) * r + k) * r + m) * r + n) * r + o) * r + p) * r + s
    )
