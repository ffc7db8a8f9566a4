"""How often somebody may do something. Counted in the cache, by keys that name nobody."""

from django.conf import settings
from django.core.cache import cache

from comments.addresses import key_of

TEN_MINUTES = 10 * 60


def allows(what: str, whose: str, most: int, seconds: int = TEN_MINUTES) -> bool:
    """Counts this time too; False from the one after `most` on, until the first is `seconds` old.

    Always true where limits are off, or where it is not known whose they are.
    """
    if not (settings.COMMENTS_LIMITS and whose):
        return True
    key = f"limit.{what}.{key_of(whose, 'limit')}"
    if cache.add(key, 1, seconds):
        return True
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ran out between the two
        return cache.add(key, 1, seconds) or True
