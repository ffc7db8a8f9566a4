"""The one settings file. Everything that differs between machines is read from the environment.

docs/operations.md lists the variables. Any of them can be given as NAME_FILE instead, the path of a file that holds the
value, which is how secrets are mounted into containers.
"""

import os
import re
import secrets
import socket
import sys
import tempfile
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from aisrace.desk.look import build_look
from aisrace.operating.logs import build_logging

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    """The value of NAME, or the content of the file that NAME_FILE names. Empty counts as not given."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: {path} cannot be read ({error.strerror}).") from error
    return os.environ.get(name, "").strip() or default


def env_flag(name: str, default: bool) -> bool:
    value = env(name, str(default)).lower()
    if value not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes", "on"}


def env_number(name: str, default: int) -> int:
    value = env(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def env_list(name: str) -> list[str]:
    return [item.strip() for item in env(name).split(",") if item.strip()]


# --- Where this runs -------------------------------------------------------------------------------------------------

ENVIRONMENT = env("AISRACE_ENV", "local")
if ENVIRONMENT not in {"local", "production"}:
    raise ImproperlyConfigured(f"AISRACE_ENV must be local or production, not {ENVIRONMENT!r}.")
PRODUCTION = ENVIRONMENT == "production"

# Off even at home, so that the 404 and 500 pages seen there are the real ones.
DEBUG = env_flag("DEBUG", default=False)

DATA_DIR = Path(env("DATA_DIR", str(BASE_DIR / "data"))).expanduser().absolute()
HOST = env("HOST", "127.0.0.1")
PORT = env_number("PORT", 8000)

SITE_NAME = env("SITE_NAME", "aisrace")
SITE_URL = env("SITE_URL", "" if PRODUCTION else f"http://127.0.0.1:{PORT}").rstrip("/")
# Begins the ids in feeds, which must not change: a name that was ours, and a day or year when it was. To be set where
# the address of the site changes, to what it was before.
TAG_AUTHORITY = env("TAG_AUTHORITY", f"{urlsplit(SITE_URL).hostname},2026")


def keep_local_secret_key(path: Path) -> str:
    """One key per data folder, made on first use, so that sign-ins survive a restart. Safe when two processes start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside (mode 0600) and linked into place: nobody can read half a key, and the first of two wins.
        descriptor, aside = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            Path(aside).unlink()
    return path.read_text().strip()


SECRET_KEY = env("SECRET_KEY")
if not SECRET_KEY and not PRODUCTION:
    SECRET_KEY = keep_local_secret_key(DATA_DIR / "secret_key")

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
if not ALLOWED_HOSTS and not PRODUCTION:
    # Whoever binds to every address of the machine means it to be reached under any of its names.
    reachable = ["*"] if HOST in {"0.0.0.0", "::"} else [HOST]  # noqa: S104 (compared, not bound)
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", socket.gethostname(), *reachable]

# Only needed where the site is posted to under another origin than its own.
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")


def is_https(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.hostname)


def refuse_unsafe_production() -> None:
    """Raises with every reason at once, so that a deployment is not mended one restart at a time."""
    placeholders = ("insecure", "change-me", "changeme")
    refusals = {
        "SECRET_KEY is missing or shorter than 50 characters.": len(SECRET_KEY) < 50,
        "SECRET_KEY is a placeholder.": any(word in SECRET_KEY.lower() for word in placeholders),
        "ALLOWED_HOSTS is empty.": not ALLOWED_HOSTS,
        "ALLOWED_HOSTS contains *, which accepts forged hosts.": "*" in ALLOWED_HOSTS,
        "DEBUG is on, which shows settings and source to visitors.": DEBUG,
        "SITE_URL must be the public address, beginning with https://.": not is_https(SITE_URL),
        "CSRF_TRUSTED_ORIGINS must begin with https://.": not all(map(is_https, CSRF_TRUSTED_ORIGINS)),
    }
    if reasons := [reason for reason, holds in refusals.items() if holds]:
        raise ImproperlyConfigured("Unsafe for production:\n" + "\n".join(f"- {reason}" for reason in reasons))


if PRODUCTION:
    refuse_unsafe_production()

# --- What it is made of ----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "aisrace.desk.apps.DeskConfig",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "aisrace.desk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_prose_editor",
    "reversion",
    "aisrace.api.apps.ApiConfig",
    "aisrace.hooks.apps.HooksConfig",
    "aisrace.journal.apps.JournalConfig",
    "aisrace.keeping.apps.KeepingConfig",
    "aisrace.sweeps.apps.SweepsConfig",
    "aisrace.search.apps.SearchConfig",
    "aisrace.operating.apps.OperatingConfig",
    "experts.apps.ExpertsConfig",
    "articles.apps.ArticlesConfig",
    "comments.apps.CommentsConfig",
]

MIDDLEWARE = [
    "aisrace.operating.requests.RequestMiddleware",
    "aisrace.operating.probing.ProbeMiddleware",
    "aisrace.operating.headers.HeadersMiddleware",
    "aisrace.api.middleware.ApiMiddleware",
    "aisrace.pagestore.middleware.SharedCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "aisrace.api.gate.GateMiddleware",  # behind those two: it can answer with a page
    "aisrace.api.recalling.RecallMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "aisrace.desk.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# Who may look at /metrics: whoever has the token, and these networks. Nobody: then nothing is counted.
METRICS_TOKEN = env("METRICS_TOKEN")
METRICS_ALLOWED = [ip_network(network) for network in env_list("METRICS_ALLOWED")]
if METRICS_TOKEN or METRICS_ALLOWED:
    MIDDLEWARE.insert(2, "aisrace.operating.measuring.MeasureMiddleware")  # behind the probes

ROOT_URLCONF = "aisrace.urls"
WSGI_APPLICATION = "aisrace.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        # The readers' pages. Asked first, so that 404.html and its kin are found here.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "public"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "aisrace.lib.jinja.environment"},
    },
    {
        # The editors' desk: Django's admin brings its own templates.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "desk"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Templates of widgets are found like all others, so that the desk can have its own.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = env("TIME_ZONE", "UTC")
USE_TZ = True
FORMAT_MODULE_PATH = "aisrace.desk.formats"

UNFOLD = build_look(SITE_NAME)

# --- What it keeps ---------------------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        env("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}"),
        conn_max_age=60,
        # A connection that the server has dropped meanwhile is replaced instead of failing the request.
        conn_health_checks=True,
    )
}
# Apart from the address, so that it can be handed out as a file; and no character of it means anything.
if database_password := env("DATABASE_PASSWORD"):
    DATABASES["default"]["PASSWORD"] = database_password
# Behind a pooler that gives a connection away after every transaction, a cursor would be another's by the next row.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env_flag("DISABLE_SERVER_SIDE_CURSORS", default=False)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue from the start of a transaction. Deferred ones fail with “database is locked” when two readers
        # turn into writers, and no timeout helps.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # With WAL readers never wait for a writer, and NORMAL loses nothing when the process dies.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;",
    }
    if (database_file := DATABASES["default"]["NAME"]) != ":memory:":
        Path(database_file).parent.mkdir(parents=True, exist_ok=True)

REDIS_URL = env("REDIS_URL")
REDIS_TIMEOUT = 1  # seconds; a page is never to wait longer for a cache or a broker that is gone
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "aisrace.desk.steady_cache.SteadyRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "aisrace",
            "OPTIONS": {"socket_connect_timeout": REDIS_TIMEOUT, "socket_timeout": REDIS_TIMEOUT},
        }
    }
else:
    # Room for the failed sign-ins of a busy night: what is pushed out is not counted.
    local_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}
    CACHES = {"default": local_memory}

# Public pages as they are sent, in each process by itself; see docs/decisions/0020-a-bell-for-every-commit.md.
PAGE_STORE = env_flag("PAGE_STORE", default=True)
PAGE_STORE_MB = env_number("PAGE_STORE_MB", 64)
# Whoever has one of these is somebody in particular, and is answered by Django.
PAGE_STORE_COOKIES = ["sessionid", "messages", "reader"]

# A CDN in front that is told to forget pages (`manage.py purge --follow`), and may keep them for longer than a second.
PURGE_URL = env("PURGE_URL")
PURGE_TOKEN = env("PURGE_TOKEN")

DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # an article's form has six for each section; Django's 1,000 end at 160

MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"
STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(DATA_DIR / "static"))).absolute()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What nobody is served by its name alone: tables that editors upload.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "private", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Uploads in a bucket; what is private stays in DATA_DIR.
MEDIA_S3_BUCKET = env("MEDIA_S3_BUCKET")
if MEDIA_S3_BUCKET:
    # What is empty is left to the usual places where boto3 looks: its own variables, a role of the machine.
    bucket = {
        "endpoint_url": env("MEDIA_S3_ENDPOINT"),
        "region_name": env("MEDIA_S3_REGION"),
        "access_key": env("MEDIA_S3_KEY"),
        "secret_key": env("MEDIA_S3_SECRET"),
        "location": env("MEDIA_S3_PREFIX"),
    }
    STORAGES["default"] = {
        "BACKEND": "aisrace.lib.buckets.Bucket",
        "OPTIONS": {"bucket_name": MEDIA_S3_BUCKET} | {name: value for name, value in bucket.items() if value},
    }

BACKUP_DIR = Path(env("BACKUP_DIR", str(DATA_DIR / "backups"))).expanduser().absolute()

# --- What it may be asked to do --------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{rule}Validator"}
    for rule in ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
]

# Strict for every page, Django's admin included. The nonce stands in the header only where a template asks for it: the
# admin does, for the one inline style of its change list; public pages never do.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
# Django's own defaults add nosniff, a same-origin opener policy, no framing and Lax cookies.
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True  # scripts of the desk read it from their form
if PRODUCTION:
    # Browsers take such a name from this very host by https alone: no other under the domain can slip in its own.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

SECURE_SSL_REDIRECT = env_flag("SSL_REDIRECT", default=PRODUCTION)
SECURE_HSTS_SECONDS = env_number("HSTS_SECONDS", 31_536_000 if PRODUCTION else 0)
# What it would mean for other names under the domain only its owner can know.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env_flag("HSTS_SUBDOMAINS", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# As many addresses at the end of X-Forwarded-For are from our own proxies; whatever stands before may be invented.
TRUSTED_PROXY_COUNT = env_number("TRUST_PROXY", 0)
if TRUSTED_PROXY_COUNT:
    # Only behind a proxy that sets this header itself: otherwise any client could claim to have come by https.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- What programs read and write ------------------------------------------------------------------------------------

# Whoever reads is nobody in particular: no session, no cookie. Views that write name how they know who asks.
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["aisrace.api.answering.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "aisrace.api.describing.Describing",
    "EXCEPTION_HANDLER": "aisrace.api.problems.answer_exception",
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "The open record",
    "DESCRIPTION": "Everything the public pages say, for programs. Explained at /api/v1/docs/.",
    "VERSION": "1",
    "SERVERS": [{"url": "/"}],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "PREPROCESSING_HOOKS": ["aisrace.api.contract.order_methods"],
    "POSTPROCESSING_HOOKS": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "Reading takes none. Made in the desk; see /api/v1/docs/#writing.",
            }
        }
    },
}

API_LIMITS = env_flag("API_LIMITS", default=True)
API_ANONYMOUS_LIMIT = env_number("API_ANONYMOUS_LIMIT", 600)  # requests a minute from one network without a key
API_KEY_LIMIT = env_number("API_KEY_LIMIT", 1200)  # with a key that has no limit of its own

# What the journal of changes follows, in an order in which what is referred to comes first.
JOURNAL_KINDS = ["articles.api.following.TOPICS", "experts.api.following.KINDS", "articles.api.following.KINDS"]

# --- Who may come in -------------------------------------------------------------------------------------------------

# Accounts are made in the desk, never by visitors. aisrace/desk/account_urls.py lists the only pages there are.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60  # seconds

ACCOUNT_ADAPTER = "aisrace.desk.signin.AccountAdapter"
ACCOUNT_FORMS = {"login": "aisrace.desk.signin_forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
# Counted in the cache. A key is the name somebody tries to sign in by, or the account whose second factor is tried.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/10m/ip,5/10m/key",
    "reset_password": "10/10m/ip,3/10m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

REQUIRE_MFA = env_flag("REQUIRE_MFA", default=PRODUCTION)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator has entered the address
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # of 30 seconds either way, for clocks that go wrong
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # browsers themselves allow http only on localhost

# --- What it sends ---------------------------------------------------------------------------------------------------

EMAIL_HOST_GIVEN = bool(env("EMAIL_HOST"))
mail_server = env("EMAIL_HOST", "localhost" if PRODUCTION else "")
mail_security = env("EMAIL_SECURITY", "starttls" if EMAIL_HOST_GIVEN else "none")
if mail_security not in {"starttls", "tls", "none"}:
    raise ImproperlyConfigured(f"EMAIL_SECURITY must be starttls, tls or none, not {mail_security!r}.")
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": mail_server,
            "port": env_number("EMAIL_PORT", {"starttls": 587, "tls": 465, "none": 25}[mail_security]),
            "username": env("EMAIL_USER"),
            "password": env("EMAIL_PASSWORD"),
            "use_tls": mail_security == "starttls",
            "use_ssl": mail_security == "tls",
            "timeout": 10,
        },
    }
    if mail_server
    # Locally without a server: to be read where the site was started.
    else {"BACKEND": "aisrace.lib.printing.EmailBackend", "OPTIONS": {"stream": sys.stderr}}
}
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", f"{SITE_NAME} <noreply@{urlsplit(SITE_URL).hostname}>")

# Where requests to other machines may go: public addresses, and these networks besides.
FETCH_ALLOWED = [ip_network(network) for network in env_list("FETCH_ALLOWED")]
FETCH_PORTS = [int(port) for port in env_list("FETCH_PORTS") or ("80", "443", "8443")]

# Told of news at once, so that whoever follows a feed by WebSub need not ask again and again. Empty: nobody.
WEBSUB_HUB = env("WEBSUB_HUB")

# --- Work that waits -------------------------------------------------------------------------------------------------

# Without Redis messages go nowhere and need not: what is due stands in the database.
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_CONNECTION_TIMEOUT = REDIS_TIMEOUT
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": REDIS_TIMEOUT,
    "socket_timeout": 2 * REDIS_TIMEOUT,
    "retry_on_timeout": False,
    "max_retries": 0,  # for who sends; a worker goes on trying to connect
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
# The first asks a sweep to stop, so that the others have their turn; the second ends the process.
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 10 * 60, 15 * 60
# A worker goes on trying to connect, takes no more than it works on, and is replaced before it has grown.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_TIMEZONE = TIME_ZONE
# Each is a function of the moment that sees to what is due; see aisrace/sweeps/running.py.
SWEEPS = {
    "announcements": "articles.announcing.announce_due",
    "imports": "experts.importing.runs.import_due",
    "journal": "aisrace.journal.settling.settle",
    "expired sign-ins": "aisrace.sweeps.sessions.clear_expired_sessions",
    "what is not kept": "comments.retention.forget_due",
    "what is over": "aisrace.operating.retention.forget_what_is_over",
    "answers to programs": "aisrace.api.repeating.forget_answers",
    "notices": "comments.answering.answer_due",
    "letters": "comments.sending.send_due",  # late, for a mail server can keep it waiting
    "messages to other machines": "aisrace.hooks.sending.send_due",  # last, for those can too
}
# What nobody has taken up when the next is due is not wanted any more.
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "aisrace.tasks.sweep",
        "schedule": 60.0,
        "kwargs": {"is_scheduled": True},
        "options": {"expires": 55},
    }
}

# --- What can be found ------------------------------------------------------------------------------------------------

# Tuples of what each room hands in to be found; see aisrace/search/entries.py.
SEARCH = ["experts.indexing.PARTS", "articles.indexing.PARTS"]

# --- What readers may write ------------------------------------------------------------------------------------------

# What holds until the desk says otherwise, for the site or for one article.
COMMENTS_MODE = env("COMMENTS_MODE", "hold_newcomers")
if COMMENTS_MODE not in {"open", "hold_newcomers", "hold_all", "closed"}:
    raise ImproperlyConfigured(
        f"COMMENTS_MODE must be open, hold_newcomers, hold_all or closed, not {COMMENTS_MODE!r}."
    )
COMMENTS_CONFIRM = env_flag("COMMENTS_CONFIRM", default=True)  # a comment waits until its address is confirmed by mail
COMMENTS_PROOF_OF_WORK = env_flag("COMMENTS_PROOF_OF_WORK", default=True)
COMMENTS_LIMITS = env_flag("COMMENTS_LIMITS", default=True)  # how often somebody may write

# --- What others may take away ---------------------------------------------------------------------------------------

DATA_LICENCE = env("DATA_LICENCE", "Creative Commons Attribution 4.0 International (CC BY 4.0)")
DATA_LICENCE_URL = env("DATA_LICENCE_URL", "https://creativecommons.org/licenses/by/4.0/")

# --- To whom one tells of holes ---------------------------------------------------------------------------------------


def read_contact(text: str) -> str:
    """An address for mail, or a URI; written into a text line by line, so without anything that ends one."""
    contact = text if ":" in text else f"mailto:{text}"
    if not re.fullmatch(r"(?:mailto:[^\s@]+@[^\s@]+|https://\S+|tel:[+0-9-]+)", contact):
        raise ImproperlyConfigured(f"SECURITY_CONTACT must be addresses for mail, https://… or tel:…, not {text!r}.")
    return contact


# Told at /.well-known/security.txt, which is not there without.
SECURITY_CONTACT = [read_contact(text) for text in env_list("SECURITY_CONTACT")]
SECURITY_POLICY = env("SECURITY_POLICY")
if SECURITY_POLICY and not is_https(SECURITY_POLICY):
    raise ImproperlyConfigured("SECURITY_POLICY must be an address beginning with https://.")

# --- What it says ----------------------------------------------------------------------------------------------------

LOGGING = build_logging(
    as_json=env_flag("LOG_JSON", default=PRODUCTION),
    level=env("LOG_LEVEL", "INFO").upper(),
    with_requests=env_flag("LOG_REQUESTS", default=PRODUCTION),
)
# Where errors are told; nothing of it is loaded without.
SENTRY_DSN = env("SENTRY_DSN")
