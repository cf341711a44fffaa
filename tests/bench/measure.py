"""Times taken in turn, so that the moods of the machine fall on every work alike."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping


def in_turn(
    works: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    times: int = 1,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, dict]:
    """`{work: {"min", "median", "rounds"}}`, in seconds for one execution.

    Each round runs each work `times` times in a row, after one round that counts for nothing. The clock is the
    processor's (`time.process_time`) or, for works that happen in other processes, the wall's (`time.perf_counter`).
    Garbage is collected between two works and never during one.
    """
    taken = {name: [] for name in works}
    for name in works:
        works[name]()
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            gc.disable()
            began = clock()
            for _ in range(times):
                work()
            taken[name].append((clock() - began) / times)
            gc.enable()
    return {
        name: {"min": min(each), "median": statistics.median(each), "rounds": each} for name, each in taken.items()
    }


def ratio(work: Mapping, floor: Mapping) -> float:
    """How many times the floor: the median of what each round says, since a busy round is busy for both."""
    return statistics.median(one / other for one, other in zip(work["rounds"], floor["rounds"], strict=True))


def percentile(values: list[float], rank: float) -> float:
    """The value below which `rank` of them (0.95) are."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * rank))]
