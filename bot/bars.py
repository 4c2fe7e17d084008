"""Progress bars for whoever waits, on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)


@contextmanager
def bar(words: str, total: int) -> Iterator[Callable[..., None]]:
    """Show a bar over `total` steps, and yield what to call after one of them, or after so many."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(words, total=total)
        yield lambda steps=1: progress.advance(task, steps)


@contextmanager
def share(words: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar that tells a share alone, no count, and yield what to call with how many are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(words, total=max(total, 1))
        yield lambda done: progress.update(task, completed=done)


def watch_boxes(total: int) -> AbstractContextManager[Callable[..., None]]:
    """Show a bar over boxes that are opened, to whoever waits at a terminal; nothing anywhere else."""
    if not sys.stderr.isatty():
        return nullcontext(lambda steps=1: None)
    return bar("opening the boxes", total)
