"""The site's settings, away from anyone's own data and environment. DATABASE_URL alone is left in force."""

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

OF_THE_PERSON = (
    "AISRACE_ENV ALLOWED_HOSTS DEBUG HOST PORT REDIS_URL SECRET_KEY SITE_NAME SITE_URL STATIC_ROOT TRUST_PROXY "
    "TAG_AUTHORITY REQUIRE_MFA EMAIL_HOST EMAIL_PORT EMAIL_USER EMAIL_PASSWORD EMAIL_SECURITY EMAIL_FROM "
    "COMMENTS_MODE COMMENTS_CONFIRM COMMENTS_PROOF_OF_WORK COMMENTS_LIMITS "
    "PAGE_STORE PAGE_STORE_MB PURGE_URL PURGE_TOKEN "
    "API_LIMITS API_ANONYMOUS_LIMIT API_KEY_LIMIT FETCH_ALLOWED FETCH_PORTS WEBSUB_HUB "
    "LOG_JSON LOG_LEVEL LOG_REQUESTS BACKUP_DIR MEDIA_S3_BUCKET METRICS_TOKEN METRICS_ALLOWED PROMETHEUS_MULTIPROC_DIR "
    "SENTRY_DSN HSTS_SUBDOMAINS SECURITY_CONTACT SECURITY_POLICY"
)
for name in OF_THE_PERSON.split():
    os.environ.pop(name, None)

# One folder per run: the processes that xdist starts find the name here and share it.
if "AISRACE_TEST_DATA" not in os.environ:
    os.environ["AISRACE_TEST_DATA"] = tempfile.mkdtemp(prefix="aisrace-tests-")
    atexit.register(shutil.rmtree, os.environ["AISRACE_TEST_DATA"], ignore_errors=True)
os.environ["DATA_DIR"] = os.environ["AISRACE_TEST_DATA"]

from aisrace.settings import *  # noqa: E402, F403
from aisrace.settings import BASE_DIR, DATA_DIR, DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

# A real file: connections, WAL and locks behave as in use, also for the live server's threads. On a shared PostgreSQL
# server the checkout's own name keeps two checkouts from taking each other's test database.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    test_database = str(DATA_DIR / "test.sqlite3")
else:
    # Nobody misses these rows after a power cut, and a commit need not wait for the disk.
    DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}
    test_database = f"test_aisrace_{hashlib.sha256(str(Path(BASE_DIR)).encode()).hexdigest()[:8]}"
DATABASES["default"]["TEST"] = {"NAME": test_database}

# Of each process its own: some tests look at what is left in it.
DATA_DIR = DATA_DIR / os.environ.get("PYTEST_XDIST_WORKER", "alone")
STORAGES["private"] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": DATA_DIR / "private", "file_permissions_mode": 0o600},
}

# No collectstatic before a test, and no page that depends on what was collected last.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # looks when asked; otherwise every test client would list all files first
STATIC_ROOT.mkdir(exist_ok=True)

# Slow on purpose in use, slow for nothing here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# The tests ask more in a minute than anybody may; those of the limits turn them on.
API_LIMITS = False
