"""Who does the work of an experiment: threads, processes, or any executor that is handed in.

The compiled engine runs in threads, since it lets others go on while it works; the reference engine in processes. These
are started fresh, not forked, and end with the process that started them, however that ends. A process that dies is
replaced, and what it was at is tried once more, by itself, so that the task that kills is known from its neighbours.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sim import memory
from sim.errors import SimError

Job = TypeVar("Job")
Result = TypeVar("Result")

BEAT_S = 0.5
"""How often somebody who waits for others is told that they still work."""
WATCH_S = 0.2
"""How often a process looks whether the one that started it is still there."""
AHEAD = 2
"""Jobs that are handed out for each who works, so that none waits for the next."""
CONNECT_S = 10
"""How long a scheduler has to answer."""
WORKERS_S = 60
"""How long the first worker of a cluster has to come."""
LEAST_OUT = 16
"""For so many who work jobs are handed out to a cluster, which may grow."""
DEATHS = 2
"""So many times a job ends who works on it; then it is to blame."""


class JobError(SimError):
    """A job has ended the processes that worked on it, again and again."""

    exit_status = 1

    def __init__(self, job: object) -> None:
        super().__init__(f"{job}: the process that worked on it died, again and again")


@dataclass(frozen=True)
class Crew:
    """Who works, and how many of them at once."""

    hire: Callable[[], Executor]
    size: int
    own: bool = True
    """Hired for one experiment: dismissed after it, and replaced if one of them dies."""
    killed: tuple[type[BaseException], ...] = ()
    """How an executor that replaces its dead by itself says of a job that it kills who works on it."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads(size: int) -> Crew:
    """Threads of this process."""
    return Crew(lambda: ThreadPoolExecutor(size), size)


def processes(size: int) -> Crew:
    """Processes of their own, which end when this one does."""
    return Crew(lambda: _processes(size), size)


def given(executor: Executor, size: int) -> Crew:
    """An executor that somebody else has started and will end; ``size``: how many work in it at once."""
    return Crew(lambda: executor, size, own=False)


@contextmanager
def dask(address: str) -> Iterator[Crew]:
    """The workers of a Dask cluster, by the address of its scheduler, such as ``tcp://host:8786``.

    Dask gives the work of workers that are lost to others. SimError if nobody is there.
    """
    try:
        import distributed  # noqa: PLC0415 - an extra, which takes its time to import
    except ImportError as err:
        raise SimError(f"a Dask cluster needs the extra: pip install 'landbridge[cluster]' ({err})") from err
    try:
        # It has no types.
        untyped: Any = distributed
        # Asked beforehand: a client that was refused its address complains once more when it is thrown away.
        untyped.comm.get_address_host(address)
        client = untyped.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as err:
        raise SimError(f"no Dask scheduler answers at {address}: {err}") from err
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS_S)
        except TimeoutError as err:
            raise SimError(f"the Dask scheduler at {address} has no workers: start some with dask worker") from err
        size = max(LEAST_OUT, sum(client.ncores().values()))
        yield Crew(lambda: client.get_executor(pure=False), size, own=False, killed=(untyped.KilledWorker,))


def _processes(size: int) -> Executor:
    # Not forked: threads of libraries do not survive that.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(size, mp_context=context, initializer=_attend, initargs=(os.getpid(),))


def _attend(parent: int) -> None:
    """Leave Ctrl-C to the process that waits for this one, end when it says so, and when it is there no more."""
    memory.keep()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_S)
    os._exit(1)


def carry_out(
    work: Callable[[Job], Result], jobs: Iterable[Job], crew: Crew, beat: Callable[[], None] = lambda: None
) -> Generator[tuple[Job, Result]]:
    """Each job with what came of it, in the order in which they are done; raises what the work raises.

    Jobs are taken one by one as there is somebody for them. ``beat`` is called again and again meanwhile; what it
    raises ends the work, as does closing the iterator: what is being worked on is then dropped. JobError for a job
    that ends the process that works on it.
    """
    desk = _Desk(work, crew)
    try:
        yield from desk.through(iter(jobs), beat)
    finally:
        desk.close()


class _Desk(Generic[Job, Result]):
    """What is handed out at present, and what is to be tried again."""

    def __init__(self, work: Callable[[Job], Result], crew: Crew) -> None:
        self.work = work
        self.crew = crew
        self.executor = crew.hire()
        self.out: dict[Future[Result], tuple[Job, int]] = {}
        """Jobs, each with how often it has ended who worked on it."""
        self.suspects: deque[Job] = deque()
        """Jobs that were handed out when somebody died."""

    def through(self, jobs: Iterator[Job], beat: Callable[[], None]) -> Iterator[tuple[Job, Result]]:
        """All jobs, with what came of them."""
        while self._hand_out(jobs):
            done, _ = wait(self.out, timeout=BEAT_S, return_when=FIRST_COMPLETED)
            beat()
            alive = [future for future in done if not _died(future)]
            for future in alive:
                job = self.out.pop(future)[0]
                if isinstance(future.exception(), self.crew.killed):
                    raise JobError(job) from future.exception()
                yield job, future.result()
            if len(alive) < len(done):
                yield from self._replace()

    def _hand_out(self, jobs: Iterator[Job]) -> bool:
        """Whether anything is handed out. Jobs under suspicion go out one at a time, with nothing beside them."""
        if self.suspects:
            if not self.out:
                self._submit(self.suspects.popleft(), 1)
            return True
        if any(deaths for _, deaths in self.out.values()):
            return True
        while len(self.out) < AHEAD * self.crew.size:
            try:
                self._submit(next(jobs), 0)
            except StopIteration:
                break
        return bool(self.out)

    def _submit(self, job: Job, deaths: int) -> None:
        try:
            future = self.executor.submit(self.work, job)
        except BrokenExecutor as err:
            # Somebody has died since the last look: told with the others that were handed out.
            future = Future()
            future.set_exception(err)
        self.out[future] = job, deaths

    def _replace(self) -> Iterator[tuple[Job, Result]]:
        """Others for those of whom one has died, after what is done has been given back."""
        if not self.crew.own:
            raise SimError("the executor that was handed in is broken: one who worked in it has died")
        wait(self.out)
        for future, (job, deaths) in list(self.out.items()):
            del self.out[future]
            if not _died(future):
                yield job, future.result()
            elif deaths + 1 == DEATHS:
                raise JobError(job)
            else:
                self.suspects.append(job)
        self.executor.shutdown(wait=False)
        self.executor = self.crew.hire()

    def close(self) -> None:
        """Drop what is handed out, and dismiss who was hired."""
        for future in self.out:
            future.cancel()
        if not self.crew.own:
            return
        if self.out and isinstance(self.executor, ProcessPoolExecutor):
            for process in list((self.executor._processes or {}).values()):
                with suppress(OSError):
                    process.terminate()
        self.executor.shutdown(wait=True, cancel_futures=True)


def _died(future: Future[Result]) -> bool:
    """Whether who worked on it has died."""
    try:
        return isinstance(future.exception(), BrokenExecutor)
    except CancelledError as err:
        raise SimError("the executor has dropped the work: who worked in it is gone") from err
