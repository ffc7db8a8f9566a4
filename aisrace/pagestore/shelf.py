"""What is kept, up to a size. What was not wanted for longest goes first."""

from threading import Lock

from aisrace.pagestore.pages import Key, Page

EACH = 2_000  # bytes that an entry takes besides its bodies, roughly
PACKED = 0.5  # of a body, at most, that it takes once more when it is compressed
LARGEST = 0.1  # of the whole; what is larger is not kept
MAKE_ROOM = 0.1  # of the whole at once


class Shelf:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = Lock()
        self.pages: dict[Key, Page] = {}  # to be read only
        self._size = 0

    def __len__(self) -> int:
        return len(self.pages)

    def put(self, key: Key, page: Page) -> None:
        if page.size > self.limit * LARGEST:
            return
        with self._lock:
            before = self.pages.get(key)
            if before and before.generation > page.generation:
                return  # somebody was quicker, and knows more
            self.pages[key] = page
            self._size += _guess(page) - (_guess(before) if before else 0)
            if self._size > self.limit:
                self._make_room()

    def _make_room(self) -> None:
        """Counts anew, for bodies are compressed when somebody wants them so."""
        sizes = {key: page.size + EACH for key, page in self.pages.items()}
        self._size = sum(sizes.values())
        for key, _ in sorted(self.pages.items(), key=lambda item: item[1].used):
            if self._size <= self.limit * (1 - MAKE_ROOM):
                return
            del self.pages[key]
            self._size -= sizes[key]


def _guess(page: Page) -> int:
    """Before anybody has asked for it compressed."""
    return int(len(page.body) * (1 + PACKED)) + EACH
