"""The environment of the public templates, which are Jinja's: they render many times faster than Django's own."""

from functools import lru_cache
from typing import Any

import jinja2
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from aisrace.lib import figures
from aisrace.lib.citations import write_sentence
from aisrace.lib.embeds import POSITION_HEIGHT, QUESTION_HEIGHT, comparison_height, embed_code
from aisrace.lib.fragments import Fragments, Keep
from aisrace.lib.linked_data import write_json

# Letters are plain text: what is escaped there would be read as it is.
ESCAPED = jinja2.select_autoescape(disabled_extensions=("txt",), default_for_string=True, default=True)
FILTERS = ("percent", "hundredths", "steps", "count", "day", "short_day", "month", "minute", "clock", "iso")


@lru_cache(maxsize=8192)
def url(name: str, *args: Any) -> str:
    """The path of a named page; remembered, since a page of positions asks for hundreds."""
    return reverse(name, args=args)


class Template(jinja2.Template):
    """Looks at every import for names that a page alone has among its globals. No page has any."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


def environment(**options: Any) -> jinja2.Environment:
    """Missing names are errors, not empty strings; the white space of tags is dropped."""
    options |= {"autoescape": ESCAPED, "undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    env = jinja2.Environment(extensions=[Keep], **options)  # noqa: S701 (set above)
    env.template_class = Template
    env.fragments = Fragments()  # type: ignore[attr-defined]
    env.globals |= {
        "static": lru_cache(maxsize=256)(static),
        "url": url,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "cookie_names": {"session": settings.SESSION_COOKIE_NAME, "csrf": settings.CSRF_COOKIE_NAME},
        "licence": {"name": settings.DATA_LICENCE, "url": settings.DATA_LICENCE_URL},
        "embed_code": embed_code,
        "comparison_height": comparison_height,
        "question_height": QUESTION_HEIGHT,
        "position_height": POSITION_HEIGHT,
    }
    env.policies |= {"json.dumps_function": write_json, "json.dumps_kwargs": {}}
    env.filters |= {name: getattr(figures, name) for name in FILTERS} | {"sentence": write_sentence}
    return env
