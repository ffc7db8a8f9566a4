"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aisrace.settings")

site = get_wsgi_application()

from aisrace.pagestore.wrapping import wrap  # noqa: E402 (it imports models, which have to be there)

application = wrap(site)
