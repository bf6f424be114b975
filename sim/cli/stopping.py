"""Being asked to stop, by Ctrl-C or from outside: an exception where the signal finds the program, and again later.

An exception out of a signal can get lost: NumPy, for one, swallows what is raised while it looks whether an object has
an attribute. So whoever tells how far a task is also asks here whether it is to go on.
"""

from __future__ import annotations

import signal
from types import FrameType

import click

NOTHING = "nothing was written, and the same command begins anew"
"""What an interruption leaves if nobody knows better."""


class Interrupted(click.Abort):
    """Interrupted where more is known of what is left: the message says it."""


def left(abort: click.Abort) -> str:
    """What is left of what was done, and how to go on."""
    return str(abort) or NOTHING


_asked: list[int] = []
"""Signals that asked to stop, in the order of their coming."""


def listen() -> None:
    """From now on leave by an exception when asked to, so that a folder that is being written is removed."""
    _asked.clear()
    signal.signal(signal.SIGTERM, _leave)
    # Who starts a command with Ctrl-C ignored, as shells do in the background, wants it to be.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _leave)


def insist() -> None:
    """Leave if that was asked for and has got lost."""
    if _asked:
        raise _reason(_asked[-1])


def _leave(number: int, _frame: FrameType | None) -> None:
    _asked.append(number)
    raise _reason(number)


def _reason(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)
