"""Settings of whoever tells a cache of commits to the database of a test that runs elsewhere."""

import os
from ipaddress import ip_network

from tests.served import *  # noqa: F403

PURGE_URL, PURGE_TOKEN = os.environ["PURGED_AT"], "secret"
FETCH_ALLOWED = [ip_network("127.0.0.1/32")]
FETCH_PORTS = [int(PURGE_URL.split(":")[2].split("/")[0])]
