"""What the writer of a file may have meant: the nearest of the allowed words, and all of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_WORD = 100
LONGEST_LIST = 20


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that looks most like the given one, whatever its case; None if none does."""
    if len(word) > LONGEST_WORD:
        return None
    by_lower = {choice.lower(): choice for choice in sorted(allowed, reverse=True)}
    found = difflib.get_close_matches(word.lower(), sorted(by_lower), n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """The end of a message: `` - did you mean 'capacity'?``, or nothing."""
    found = nearest(word, allowed)
    return f" - did you mean '{found}'?" if found else ""


def listed(allowed: Iterable[str]) -> str:
    """The allowed words in their order, cut off after twenty."""
    words = list(allowed)
    rest = len(words) - LONGEST_LIST
    return ", ".join(words[:LONGEST_LIST]) + (f" and {rest} more" if rest > 0 else "")


def allowed_instead(word: str, allowed: Iterable[str]) -> str:
    """The end of a message: what was meant, and everything that is allowed."""
    words = list(allowed)
    if not words:
        return ": no keys are allowed here"
    meant = did_you_mean(word, words)
    return f"{meant} allowed: {listed(words)}" if meant else f"; allowed: {listed(words)}"
