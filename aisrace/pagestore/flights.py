"""One at a time makes a page; whoever else wants it waits for that one, but not for ever."""

from collections.abc import Hashable
from threading import Event, Lock

from aisrace.pagestore.pages import Page

PATIENCE = 3.0  # seconds; then whoever waits makes it for themselves


class Flight:
    """A page on its way. `page` stays None where there was nothing that may be kept."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.page: Page | None = None
        self.landed = Event()


class Flights:
    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[Hashable, Flight] = {}

    def board(self, key: Hashable, generation: int) -> tuple[Flight, bool]:
        """The flight to wait for, and whether it is one's own to fly: there was none, or none that is new enough."""
        with self._lock:
            flight = self._under_way.get(key)
            if flight is not None and flight.generation >= generation:
                return flight, False
            self._under_way[key] = flight = Flight(generation)
            return flight, True

    def land(self, key: Hashable, flight: Flight) -> None:
        with self._lock:
            if self._under_way.get(key) is flight:
                del self._under_way[key]
        flight.landed.set()

    def give_up(self, key: Hashable, flight: Flight) -> None:
        """Nobody else is to wait for what has not come."""
        with self._lock:
            if self._under_way.get(key) is flight:
                del self._under_way[key]
