"""Expectations: sentences that a result must keep, as people write them.

::

    SIDE TEST [at POINTS] [, N% confidence]

    SIDE    an outcome of the experiment, or measure.what or measure.what.statistic: transit_time.tt.p95,
            throughput.khorgos-cranes. ``what`` is a flow, place or service, or a scope (n, bb, sp, tt, dd): all
            reported flows of that scope together. Hyphen and underscore are the same.
    TEST    < X, <= X, > X, >= X | between X and Y (both included) |
            not worse than POINT [by more than X] | better than POINT [by more than X]
    X       a number with its unit, in what is measured. After ``by more than`` also a share of the number at POINT
            (2%); of what is itself a ratio, ``2 points`` are two hundredths.
    POINTS  every point (if left out) | some point | the name of one: base, p3

The mean over the replications is judged; with a confidence the whole interval of the mean must keep the sentence. Two
points are compared replication by replication, since they share their draws. What ``worse`` means is said by the
outcome or else by its measure (:data:`sim.scenario.observations.MEASURES`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

Test = Literal["<", "<=", ">", ">=", "between", "not worse", "better"]

EVERY, SOME, BASE = "every point", "some point", "base"
"""Where a sentence must hold; BASE is the scenario as it stands."""

LONGEST = 200
_LIMITS: tuple[Test, ...] = ("<", "<=", ">", ">=")
_TESTS = "allowed are < <= > >=, 'between X and Y', 'not worse than base', 'better than base'"
_WORD = re.compile(r"<=|>=|[<>,]|[^\s,<>]+")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_CONFIDENCE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*%")
_ENDS = ("at", "and", ",")


@dataclass(frozen=True)
class Expectation:
    """A sentence in its parts; numbers are as written, since what unit is due depends on what is measured."""

    side: tuple[str, ...]
    """One name: an outcome; two or three: measure, of what, statistic."""
    test: Test
    numbers: tuple[str, ...]
    """The limit, both limits, or the margin if there is one."""
    reference: str
    """The point that is compared with; empty if none is."""
    at: str
    """A point, EVERY or SOME."""
    confidence: float | None
    """As a share; None: the mean is judged."""

    @property
    def outcome(self) -> str:
        """The outcome that it names; empty if it says itself what is measured."""
        return self.side[0] if len(self.side) == 1 else ""


def parse(text: str) -> Expectation:
    """The parts of a sentence; ValueError says which word is not understood, and what is allowed."""
    if len(text) > LONGEST:
        raise ValueError(f"a sentence has at most {LONGEST} characters")
    words = _Words(text)
    side = _side(words.take("an outcome or measure.what.statistic is due, e.g. transit_time.tt.p95 < 18 d"))
    test, numbers, reference = _test(words)
    at, confidence = EVERY, None
    if words.next == "at":
        at = _at(words)
    if words.next == ",":
        confidence = _confidence(words)
    if words.next:
        more = ", or with ', 95% confidence'" if confidence is None else ""
        raise ValueError(words.odd(f"the sentence ends before it{more}"))
    return Expectation(side, test, numbers, reference, at, confidence)


class _Words:
    """The words of a sentence, taken one by one."""

    def __init__(self, text: str) -> None:
        self.words: list[str] = _WORD.findall(text)
        self.taken = 0

    @property
    def next(self) -> str:
        """The word that comes next; empty at the end."""
        return self.words[self.taken] if self.taken < len(self.words) else ""

    def take(self, due: str) -> str:
        """The next word; ValueError with what is due at the end."""
        if not self.next:
            said = " ".join(self.words)
            raise ValueError(f"after '{said}': {due}" if said else due)
        self.taken += 1
        return self.words[self.taken - 1]

    def skip(self, phrase: str, due: str) -> None:
        """Take the words of a phrase; ValueError at the first that differs."""
        for word in phrase.split():
            if self.next and self.next != word:
                raise ValueError(self.odd(due))
            self.take(due)

    def odd(self, due: str) -> str:
        """Message for a next word that is not understood."""
        return f"'{self.next}' is not understood: {due}"


def _side(word: str) -> tuple[str, ...]:
    names = tuple(word.replace("_", "-").split("."))
    if len(names) > 3 or not all(_NAME.fullmatch(name) for name in names):
        raise ValueError(f"'{word}' is neither an outcome nor measure.what.statistic, e.g. transit_time.tt.p95")
    return names


def _test(words: _Words) -> tuple[Test, tuple[str, ...], str]:
    """What is asked, with its numbers and the point that is compared with."""
    for limit in _LIMITS:
        if words.next == limit:
            words.take(_TESTS)
            return limit, (_number(words),), ""
    if words.next == "between":
        words.take(_TESTS)
        low = _number(words)
        words.skip("and", "'and' with the upper limit is due, e.g. between 10 d and 12 d")
        return "between", (low, _number(words)), ""
    first = words.take(_TESTS)
    if first not in ("not", "better"):
        words.taken -= 1
        raise ValueError(words.odd(_TESTS))
    if first == "not":
        words.skip("worse", "'not worse than base' is due")
    words.skip("than", "'than' with a point is due, e.g. than base")
    reference = _point(words.take("a point is due, e.g. base"))
    margin: tuple[str, ...] = ()
    if words.next == "by":
        words.skip("by more than", "'by more than' with a number is due, e.g. by more than 2%")
        margin = (_number(words),)
    return ("not worse" if first == "not" else "better"), margin, reference


def _number(words: _Words) -> str:
    """A number with its unit, up to the next word that ends it."""
    taken = [words.take("a number with its unit is due, e.g. 18 d")]
    while words.next and words.next not in _ENDS:
        taken.append(words.take(""))
    if taken[0] in (*_ENDS, *_LIMITS):
        raise ValueError(f"'{taken[0]}' is not understood: a number with its unit is due, e.g. 18 d")
    return " ".join(taken)


def _point(word: str) -> str:
    if not _NAME.fullmatch(word):
        raise ValueError(f"'{word}' is no name of a point: base, p3, or an id of the list of points is allowed")
    return word


def _at(words: _Words) -> str:
    due = "'every point', 'some point' or the name of a point is due, e.g. at base"
    words.skip("at", due)
    word = words.take(due)
    if word in ("every", "some"):
        words.skip("point", f"'{word} point' is due")
        return EVERY if word == "every" else SOME
    return _point(word)


def _confidence(words: _Words) -> float:
    due = "', 95% confidence' is due"
    words.skip(",", due)
    written = words.take(due)
    while words.next not in ("", "confidence"):
        written += words.take(due)
    found = _CONFIDENCE.fullmatch(written)
    if found is None:
        raise ValueError(f"'{written}' is not understood: {due}")
    words.skip("confidence", due)
    share = float(found.group(1)) / 100
    if not 0.5 < share < 1:
        raise ValueError(f"'{written}' is no confidence: above 50% and below 100% is allowed")
    return share


def _sentence(text: str) -> str:
    parse(text)
    return text


Sentence = Annotated[
    str,
    AfterValidator(_sentence),
    Field(
        examples=["transit_time.tt.p95 < 18 d at every point", "throughput.hall not worse than base by more than 2%"]
    ),
]
"""An expectation as written: ``SIDE TEST [at POINTS] [, N% confidence]``."""
