"""Generations: between two of them something was committed, or a moment came at which pages change by themselves."""

import logging
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

from aisrace.pagestore.bells import Bell

EVERY = 0.2  # seconds between two questions
DEAF = 0.4  # seconds after which nobody relies on the last answer any more
AGAIN = 1.0  # seconds until a database that does not answer is asked again
REMEMBERED = 256  # generations

logger = logging.getLogger(__name__)


class Hearing:
    """Asks the bell when somebody wants to know, and not oftener than every fifth of a second.

    `find_next` tells after how many seconds pages change without a commit. Where the database does not answer,
    what is kept stays as it was: a page from before is better than none.
    """

    def __init__(self, bell: Bell, find_next: Callable[[], float]) -> None:
        self.generation = 0
        self.is_deaf = False
        self._bell = bell
        self._find_next = find_next
        self._lock = Lock()
        self._heard: object = None
        self._due = self._sure_until = self._changes_at = 0.0
        self._changed: deque[float] = deque(maxlen=REMEMBERED)

    def listen(self) -> int:
        """The generation now. What was committed more than `DEAF` seconds ago belongs to it or to one before."""
        now = time.monotonic()
        if now >= self._due and self._lock.acquire(blocking=now >= self._sure_until):
            try:
                if now >= self._due:
                    self._ask(time.monotonic())
            finally:
                self._lock.release()
        return self.generation

    def stale_for(self, generation: int) -> float:
        """Seconds since that generation was over; infinite where that is long ago, 0 where it is not over."""
        behind = self.generation - generation
        if behind <= 0:
            return 0.0
        return time.monotonic() - self._changed[-behind] if behind <= len(self._changed) else float("inf")

    def _ask(self, now: float) -> None:
        try:
            heard = self._bell.ask()
            if heard != self._heard or now >= self._changes_at:
                changes_at = now + self._find_next()
                self._heard, self._changes_at = heard, changes_at
                self._changed.append(now)
                self.generation += 1
            self._due, self.is_deaf = now + EVERY, False
        except Exception as error:  # of whichever driver: no reader is to see it
            logger.warning("The database does not say whether anything has changed: %s", type(error).__name__)
            self._bell.drop()
            self.is_deaf = True
            self._due = time.monotonic() + AGAIN
        self._sure_until = self._due + DEAF - EVERY
