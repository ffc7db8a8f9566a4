"""What happens once, when all models are there."""

from aisrace.lib.watching import listen
from aisrace.search.sources import gather
from aisrace.search.updating import hear


def start() -> None:
    gather()
    listen(hear)
