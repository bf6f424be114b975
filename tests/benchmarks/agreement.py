"""What it costs to hold the compiled engine, with bounds checks, to the reference engine on random plans of the tests.

Run by hand: ``python -m tests.benchmarks.agreement``. Without the time in which Numba compiles: that is told by
:mod:`tests.benchmarks.compiled`. The goal is a minute, and is judged by the CPU seconds of both processes together:
what others do at the same time does not count. Exits with 1 if a goal is missed.
"""

from __future__ import annotations

import sys
from time import perf_counter

from tests.compared import PLANS, compare_all, compile_checked

LEAST_PLANS, LEAST_ROWS, MOST_SECONDS = 300, 2_000_000, 60.0


def main() -> int:
    compile_checked()
    began = perf_counter()
    blocks = compare_all()
    seconds = perf_counter() - began
    rows, differing = sum(block.rows for block in blocks), sum(len(block.differing) for block in blocks)
    spent = [sum(block.seconds[part] for block in blocks) for part in range(3)]
    parts = ", ".join(
        f"{what} {each:.0f}" for what, each in zip(("plans", "reference", "compiled"), spent, strict=True)
    )
    print(f"{PLANS} plans, {rows:,} rows compared in {seconds:.0f} s by two processes, {differing} plans differ")
    print(f"of CPU {sum(spent):.0f} s ({parts}): {sum(spent) / rows * 1e6:.1f} us a row")
    print(f"goal: {LEAST_PLANS} plans and {LEAST_ROWS:,} rows in {MOST_SECONDS:.0f} s, on one core even")
    return int(differing > 0 or PLANS < LEAST_PLANS or rows < LEAST_ROWS or sum(spent) > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
