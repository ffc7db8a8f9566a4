"""What the doctor finds: in plain words, with what is to be done."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """`remedy` is empty where there is nothing to do."""

    name: str
    state: State
    says: str
    remedy: str = ""


def well(name: str, says: str) -> Finding:
    return Finding(name, State.OK, says)


def warning(name: str, says: str, remedy: str) -> Finding:
    return Finding(name, State.WARNING, says, remedy)


def broken(name: str, says: str, remedy: str) -> Finding:
    return Finding(name, State.BROKEN, says, remedy)
