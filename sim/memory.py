"""The memory of this process, by the allocator of the C library. Knows nothing of the house."""

from __future__ import annotations

import ctypes
import os
import sys

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
"""Parameters of ``mallopt``, by the header malloc.h of glibc."""
_NEVER = -1


def keep() -> bool:
    """Keep what is freed from now on for what is asked for next; whether the C library can (glibc can).

    Else each large array is given back to the system when it is freed, and the next one is handed out page by page and
    filled with zeros first: a run of much traffic spent a quarter of its time so. A process that works on one array of
    many megabytes after the other should ask for this when it begins; it holds on to the most that it has ever needed.
    Where the environment sets the allocator (``MALLOC_...``), that holds.
    """
    if sys.platform != "linux" or any(name.startswith("MALLOC_") for name in os.environ):
        return False
    # Other C libraries of Linux have no such function.
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_MMAP_MAX, 0)) and bool(mallopt(_TRIM_THRESHOLD, _NEVER))
