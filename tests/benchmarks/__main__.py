"""All measures in one run: ``python -m tests.benchmarks``. Exits with 1 if a goal is missed."""

from __future__ import annotations

import sys

from tests.benchmarks import agreement, compiled, engine, runs, sweep


def main() -> int:
    missed = 0
    for what in (engine, compiled, runs, agreement, sweep):
        print(f"\n{what.__name__.rpartition('.')[2]}")
        missed |= what.main()
    return missed


if __name__ == "__main__":
    sys.exit(main())
