"""Draws: random numbers that depend on their address and on nothing else.

The address of a draw is (seed, replication, stream, entity, lap, purpose). It is the key and the counter of
Philox4x32-10, so that a draw needs no memory of other draws: adding an entity or a place moves none of them, and they
may be made in any order, in blocks, in any process.

A draw goes from 32-bit words to a uniform number of 52 bits, from there by inversion to a number of seconds, and from
there to whole seconds. What must be equal bit for bit everywhere uses additions, multiplications, divisions and square
roots, which IEEE 754 defines to the last bit, and ``math.log``, ``math.exp`` and ``math.pow``. NumPy's own logarithms
and exponentials differ between processors and are not used.

=============  ======================================================================================
Kind           a, b, c
=============  ======================================================================================
FIXED          a: the value
EXPONENTIAL    a: mean
LOGNORMAL      a, b: mean and standard deviation of the natural logarithm of the seconds
TRIANGULAR     a: least, b: most likely, c: greatest
UNIFORM        a: least, b: greatest
WEIBULL        a: scale, b: shape
TABLE          none; 4,097 quantiles at 0/4096, 1/4096, ... 1, with straight lines between them
=============  ======================================================================================
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from hashlib import sha256
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.plan.tables import LONGEST, Distributions, Floats, Ints, Kind, Plan, Purpose

Words = NDArray[np.uint64]
Number = TypeVar("Number", float, Floats)

CELLS = 4096
"""Straight pieces of a quantile table."""

_WORTH_SCIPY = 50_000
"""Logarithms from which on importing SciPy is worth it, if nobody has."""

_LONGEST_KEPT = 4096
"""Numbers in the longest block that is kept: 1,024 of them are 32 MiB."""

_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10


class Family(NamedTuple):
    """One distribution: its kind and what its parameters are, see the table above."""

    kind: int
    a: float
    b: float
    c: float
    quantiles: tuple[float, ...]


NOTHING = Family(Kind.FIXED, 0.0, 0.0, 0.0, ())
"""Always 0 seconds."""


class Address(NamedTuple):
    """The part of a draw's address that all entities of a block share. Each is an unsigned 32-bit number."""

    seed: int
    replication: int
    stream: int | Ints
    """One stream, or a column of several."""
    purpose: int
    lap: int | Ints = 0
    """One lap, or a column with that of each entity."""


def stream(name: str) -> int:
    """Number of the stream of that name: the first 32 bits of the SHA-256 of its UTF-8 text."""
    return int.from_bytes(sha256(name.encode()).digest()[:4], "big")


def philox(counter: tuple[Words, Words, Words, Words], key: tuple[int, int]) -> tuple[Words, Words, Words, Words]:
    """Four words of 32 bits for each counter: Philox4x32-10.

    Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
    doi:10.1145/2063384.2063405.
    """
    first, second, third, fourth = counter
    one, two = key
    for _ in range(_ROUNDS):
        product, other = first * _MULTIPLIERS[0], third * _MULTIPLIERS[1]
        first, second, third, fourth = (
            (other >> _HALF) ^ second ^ np.uint64(one),
            other & _MASK,
            (product >> _HALF) ^ fourth ^ np.uint64(two),
            product & _MASK,
        )
        one, two = (one + _WEYL[0]) & 0xFFFFFFFF, (two + _WEYL[1]) & 0xFFFFFFFF
    return first, second, third, fourth


def uniforms(address: Address, ordinals: Ints) -> Floats:
    """One number between 0 and 1, neither of them ever, for each entity: ``(k + 0.5) * 2**-52`` with 52 random bits k.

    With 53 bits the greatest would round to 1. Ordinals are below 2**32. A column of streams gives a row for each.
    """
    entities = np.asarray(ordinals).astype(np.uint64)
    lap = np.atleast_1d(np.asarray(address.lap)).astype(np.uint64)
    purpose = np.array([address.purpose], np.uint64)
    name = np.asarray(address.stream).astype(np.uint64)
    first, second, _, _ = philox((entities, lap, name, purpose), (address.seed, address.replication))
    bits = ((first >> np.uint64(6)) << np.uint64(26)) | (second >> np.uint64(6))
    return (bits.astype(np.float64) + 0.5) * 2.0**-52


def block(address: Address, first: int, count: int) -> Floats:
    """The numbers of so many entities from one on, not to be written to.

    Short blocks are kept: points of an experiment ask for the same ones again and again.
    """
    return (_kept if count <= _LONGEST_KEPT else _block)(address, first, count)


def gaps(address: Address, first: int, count: int) -> Floats:
    """The same numbers turned into gaps of a Poisson process of rate 1; kept as they are."""
    return (_kept_gaps if count <= _LONGEST_KEPT else _gaps)(address, first, count)


def _block(address: Address, first: int, count: int) -> Floats:
    found = uniforms(address, np.arange(first, first + count))
    found.flags.writeable = False
    return found


def _gaps(address: Address, first: int, count: int) -> Floats:
    found = -logarithms(uniforms(address, np.arange(first, first + count)))
    found.flags.writeable = False
    return found


_kept, _kept_gaps = lru_cache(maxsize=1024)(_block), lru_cache(maxsize=1024)(_gaps)


def forget() -> None:
    """Keep no block of before."""
    _kept.cache_clear()
    _kept_gaps.cache_clear()


def family(distributions: Distributions, row: int) -> Family:
    """Row of the plan's distributions as one object."""
    first, last = int(distributions.first[row]), int(distributions.first[row + 1])
    return Family(
        int(distributions.kind[row]),
        float(distributions.a[row]),
        float(distributions.b[row]),
        float(distributions.c[row]),
        tuple(distributions.quantiles[first:last].tolist()),
    )


def sample(family: Family, u: float) -> float:
    """Quantile of the family at u, in seconds and not rounded; it rises with u. u lies between 0 and 1, both open."""
    return _QUANTILES[family.kind](family, u)


def rounded(seconds: float) -> int:
    """Whole seconds, a half upwards: ``floor(seconds + 0.5)``; never negative, and never more than the longest."""
    return max(0, math.floor(min(seconds, LONGEST) + 0.5))


def all_rounded(seconds: Floats) -> Ints:
    """The same for each of them."""
    return np.floor(np.clip(seconds, 0.0, LONGEST) + 0.5).astype(np.int64)


def samples(family: Family, us: Floats) -> Floats:
    """The same as :func:`sample` for each u, bit for bit."""
    if family.kind == Kind.LOGNORMAL:
        return _each(math.exp, family.a + family.b * _normal_quantiles(us))
    if family.kind == Kind.EXPONENTIAL:
        return -family.a * logarithms(1.0 - us)
    if family.kind == Kind.TRIANGULAR:
        return _triangulars(family, us)
    return _each(partial(_QUANTILES[family.kind], family), us)


def drawn(family: Family, address: Address, ordinals: Ints) -> Ints:
    """Whole seconds for each entity: its quantile at its own uniform number, rounded as :func:`rounded` does."""
    return all_rounded(samples(family, uniforms(address, ordinals)))


Replication = tuple[int, int] | tuple[int, int, Ints]
"""Seed and replication; and, if not all are in lap 0, the lap of each entity."""


def durations(plan: Plan, steps: Sequence[int], run: Replication, ordinals: Ints, purpose: Purpose) -> Ints:
    """Draws in whole seconds: a row for each entity ordinal, a column for each step.

    ``purpose`` is STAY, HOLD or PATIENCE (how long it is waited for). A step without a distribution has zeros.
    """
    seed, replication, *lap = run
    columns = {Purpose.HOLD: plan.steps.hold_time, Purpose.PATIENCE: plan.steps.patience}
    column = columns.get(purpose, plan.steps.duration)
    families = [family(plan.distributions, row) if row >= 0 else NOTHING for row in column[steps].tolist()]
    random = [place for place, each in enumerate(families) if each.kind != Kind.FIXED]
    streams = plan.steps.stream[steps][random]
    us = uniforms(Address(seed, replication, streams[:, np.newaxis], int(purpose), *lap), ordinals)
    seconds = np.empty((len(families), len(ordinals)))
    seconds.T[:] = [each.a for each in families]
    for place, row in zip(random, us, strict=True):
        seconds[place] = samples(families[place], row)
    return all_rounded(seconds.T)


def choices(plan: Plan, steps: Sequence[int], run: Replication, ordinals: Ints) -> Floats:
    """Draws between 0 and 1 for what is chosen: a row for each entity ordinal, a column for each step."""
    seed, replication, *lap = run
    streams = plan.steps.stream[steps]
    return uniforms(Address(seed, replication, streams[:, np.newaxis], Purpose.CHOICE, *lap), ordinals).T


def normal_quantile(u: float) -> float:
    """Quantile of the standard normal distribution, with about 16 correct digits.

    Source: Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (3)
    1988, 477-484, doi:10.2307/2347330 (PPND16). In plain arithmetic, so that a compiled twin gives the same bits.
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        return _central(q)
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    x = _ratio(r - 1.6, *_MIDDLE) if r <= 5.0 else _ratio(r - 5.0, *_FAR)
    return -x if q < 0.0 else x


def _normal_quantiles(us: Floats) -> Floats:
    """The same for an array, bit for bit; logarithms one by one, for the 15 % that lie in the tails."""
    q = us - 0.5
    quantiles = _central(q)
    tails = np.flatnonzero(np.abs(q) > 0.425)
    u, negative = us[tails], q[tails] < 0.0
    r = np.sqrt(-logarithms(np.where(negative, u, 1.0 - u)))
    x = np.where(r <= 5.0, _ratio(r - 1.6, *_MIDDLE), _ratio(r - 5.0, *_FAR))
    quantiles[tails] = np.where(negative, -x, x)
    return quantiles


def logarithms(values: Floats) -> Floats:
    """Natural logarithms, bit for bit those of ``math.log``."""
    if len(values) < _WORTH_SCIPY and "scipy.special" not in sys.modules:
        return _each(math.log, values)
    from scipy.special import xlogy  # noqa: PLC0415 - SciPy takes its time to import

    # 1 times the logarithm of the C library, one value after the other.
    return np.asarray(xlogy(1.0, values), np.float64)


def _each(function: Callable[[float], float], values: Floats) -> Floats:
    return np.fromiter(map(function, values.tolist()), np.float64, len(values))


def _central(q: Number) -> Number:
    return q * _ratio(0.180625 - q * q, *_CENTRE)


def _ratio(r: Number, over: tuple[float, ...], under: tuple[float, ...]) -> Number:
    """Ratio of two polynomials of degree 7 in r, coefficients from the highest power down."""
    a, b, c, d, e, f, g, h = over
    i, j, k, m, n, o, p, s = under
    return (((((((a * r + b) * r + c) * r + d) * r + e) * r + f) * r + g) * r + h) / (
        ((((((i * r + j) * r + k) * r + m) * r + n) * r + o) * r + p) * r + s
    )


def _fixed(family: Family, _u: float) -> float:
    return family.a


def _exponential(family: Family, u: float) -> float:
    return -family.a * math.log(1.0 - u)


def _lognormal(family: Family, u: float) -> float:
    return math.exp(family.a + family.b * normal_quantile(u))


def _triangular(family: Family, u: float) -> float:
    low, mode, high = family.a, family.b, family.c
    if u * (high - low) < mode - low:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


def _triangulars(family: Family, us: Floats) -> Floats:
    """The same for an array, bit for bit."""
    low, mode, high = family.a, family.b, family.c
    rising = us * (high - low) < mode - low
    up = low + np.sqrt(us * (high - low) * (mode - low))
    down = high - np.sqrt((1.0 - us) * (high - low) * (high - mode))
    return np.where(rising, up, down)


def _uniform(family: Family, u: float) -> float:
    return family.a + (family.b - family.a) * u


def _weibull(family: Family, u: float) -> float:
    return family.a * math.pow(-math.log(1.0 - u), 1.0 / family.b)


def _table(family: Family, u: float) -> float:
    cell = int(u * CELLS)
    low, high = family.quantiles[cell], family.quantiles[cell + 1]
    return low + (high - low) * (u * CELLS - cell)


_QUANTILES: dict[int, Callable[[Family, float], float]] = {
    Kind.FIXED: _fixed,
    Kind.EXPONENTIAL: _exponential,
    Kind.LOGNORMAL: _lognormal,
    Kind.TRIANGULAR: _triangular,
    Kind.UNIFORM: _uniform,
    Kind.WEIBULL: _weibull,
    Kind.TABLE: _table,
}

_CENTRE = (
    (
        2.5090809287301226727e3,
        3.3430575583588128105e4,
        6.7265770927008700853e4,
        4.5921953931549871457e4,
        1.3731693765509461125e4,
        1.9715909503065514427e3,
        1.3314166789178437745e2,
        3.3871328727963666080e0,
    ),
    (
        5.2264952788528545610e3,
        2.8729085735721942674e4,
        3.9307895800092710610e4,
        2.1213794301586595867e4,
        5.3941960214247511077e3,
        6.8718700749205790830e2,
        4.2313330701600911252e1,
        1.0,
    ),
)
_MIDDLE = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258e0,
        3.64784832476320460504e0,
        5.76949722146069140550e0,
        4.63033784615654529590e0,
        1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940e0,
        2.05319162663775882187e0,
        1.0,
    ),
)
_FAR = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580e0,
        5.46378491116411436990e0,
        6.65790464350110377720e0,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)
