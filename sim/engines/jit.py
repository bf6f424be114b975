"""How the parts of the kernel are compiled: by Numba, strictly by IEEE 754, each part into what calls it.

Nothing is allocated in the kernel, so that nothing counts who refers to which array (``_nrt``). Counting would take ten
times as long as all the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

_njit: Any = numba.njit
_WITHIN = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "error_model": "numpy", "_nrt": False}
"""Pieces are called from the kernel alone: ways in from elsewhere would take half of the time to compile."""


def part(function: Function) -> Function:
    """A piece of the kernel that is often passed: compiled into its caller, so that a call costs nothing."""
    return cast(Function, _njit(forceinline=True, **_WITHIN)(function))


def aside(function: Function) -> Function:
    """A piece of the kernel that is seldom passed: called."""
    return cast(Function, _njit(**_WITHIN)(function))


def whole(function: Function) -> Function:
    """The kernel: kept on disk between processes, and other threads go on while it runs."""
    return cast(Function, _njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function))


def uncompiled(function: Function) -> Function:
    """A piece of the kernel as plain Python, for few calls from outside; it must not call other pieces."""
    return cast(Function, getattr(function, "py_func", function))


@part
def natural(number: int) -> int:
    """The same number, which must not be negative nor pass 31 bits.

    A number of a row that has gone through this need not be looked at whether it counts from the end: of the kernel's
    time that is a tenth.
    """
    return number & 0x7FFFFFFF
