"""The one settings file. Everything that differs between machines is read from the environment.

docs/operations.md lists the variables. Any of them can be given as NAME_FILE instead, the path of a file that holds the
value, which is how secrets are mounted into containers.
"""

import os
import secrets
import socket
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from aisrace.desk.look import build_look

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
    "aisrace.keeping.apps.KeepingConfig",
    "aisrace.sweeps.apps.SweepsConfig",
    "experts.apps.ExpertsConfig",
    "articles.apps.ArticlesConfig",
    "comments.apps.CommentsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
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

DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # an article's form has six for each section; Django's 1,000 end at 160

MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"
STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(DATA_DIR / "static"))).absolute()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What nobody is served by its name alone: tables that editors upload.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "private", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

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

SECURE_SSL_REDIRECT = env_flag("SSL_REDIRECT", default=PRODUCTION)
SECURE_HSTS_SECONDS = env_number("HSTS_SECONDS", 31_536_000 if PRODUCTION else 0)
if env_flag("TRUST_PROXY", default=False):
    # Only behind a proxy that sets this header itself: otherwise any client could claim to have come by https.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

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
# The last address in X-Forwarded-For is the one that our own proxy has seen; whatever stands before it may be invented.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env_flag("TRUST_PROXY", default=False) else 0

REQUIRE_MFA = env_flag("REQUIRE_MFA", default=PRODUCTION)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator has entered the address
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # of 30 seconds either way, for clocks that go wrong
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # browsers themselves allow http only on localhost

# --- What it sends ---------------------------------------------------------------------------------------------------

mail_server = env("EMAIL_HOST", "localhost" if PRODUCTION else "")
mail_security = env("EMAIL_SECURITY", "starttls" if env("EMAIL_HOST") else "none")
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
    else {"BACKEND": "django.core.mail.backends.console.EmailBackend", "OPTIONS": {"stream": sys.stderr}}
}
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", f"{SITE_NAME} <noreply@{urlsplit(SITE_URL).hostname}>")

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
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TIMEZONE = TIME_ZONE
# Each is a function of the moment that sees to what is due; see aisrace/sweeps/running.py.
SWEEPS = {
    "announcements": "articles.announcing.announce_due",
    "imports": "experts.importing.runs.import_due",
    "expired sign-ins": "aisrace.sweeps.sessions.clear_expired_sessions",
}
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "aisrace.tasks.sweep", "schedule": 60.0}}

# --- What it says ----------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        # Emptied so that Django's messages reach the handler above, once and in every environment.
        "django": {"handlers": [], "propagate": True},
        # A page that is not there and a forged host name are the visitor's news, not the operator's.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
