"""How far a command is, on stderr: a bar where a person sees it, else a line for each stage that has ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


@contextmanager
def showing(stderr: OutputWrapper) -> Iterator[Callable[[str, int, int], None]]:
    """What is given is told a stage, and how many of how many of it are done."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        stages: dict[str, TaskID] = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = progress.add_task(stage, total=total)
            progress.update(stages[stage], completed=done, total=total)
            if progress.disable and done == total:
                stderr.write(f"{stage}: {done:,}", style_func=str)

        yield advance
