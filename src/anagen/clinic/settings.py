"""Settings of the clinic. Everything that differs between clinics comes from the environment.

| variable            | meaning                                                        | default                    |
|---------------------|----------------------------------------------------------------|----------------------------|
| ANAGEN_DATABASE     | database address, e.g. postgresql://name@host/anagen           | SQLite in the var folder   |
| ANAGEN_VAR          | folder for run-time data                                       | var/ of the checkout       |
| ANAGEN_SECRET_KEY   | signing key                                                    | made once, kept in var     |
| ANAGEN_HOSTS        | host names to answer to, with commas                           | this machine only          |
| ANAGEN_HTTPS        | 1: cookies over HTTPS only, plain HTTP is redirected           | 0                          |
| ANAGEN_PROXY        | 1: trust X-Forwarded-Proto and -For of the proxy in front      | 0                          |
| ANAGEN_TIME_ZONE    | time zone of the clinic                                        | UTC                        |
| ANAGEN_IDLE_MINUTES | sign out after so many minutes without a request               | 30                         |
| ANAGEN_CLINIC_NAME  | name of the clinic, on what patients take home                 | none                       |
| ANAGEN_CLINIC_PHONE | telephone of the clinic, on what patients take home            | a line to write it on      |
| ANAGEN_PLACE        | the place whose rules hold, as the knowledge names it          | none: the policy           |
| ANAGEN_SEPARATORS   | 1: every scanner here sends the separators of GS1 codes        | 0                          |
| ANAGEN_DRILL_DAYS   | a recall drill is due after so many days                       | 365                        |
| ANAGEN_DEBUG        | 1: show developers' error pages; never with real patients      | 0                          |
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from django.utils.translation import gettext_lazy as _


def _switch(name: str) -> bool:
    return os.environ.get(name, "0").strip().lower() in {"1", "true", "yes", "on"}


PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = PACKAGE.parents[1]
VAR = Path(os.environ.get("ANAGEN_VAR") or CHECKOUT / "var")
VAR.mkdir(mode=0o700, parents=True, exist_ok=True)


def _kept_secret(file: Path) -> str:
    """The signing key in `file`, made on the first start. Only the owner of the process may read it."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as out:
        key = secrets.token_urlsafe(64)
        out.write(key)
    return key


def _database() -> dict[str, Any]:
    address = os.environ.get("ANAGEN_DATABASE") or f"sqlite:///{VAR / 'anagen.sqlite3'}"
    database: dict[str, Any] = dict(dj_database_url.parse(address, conn_max_age=600, conn_health_checks=True))
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # Readers never wait for the one writer (WAL); a writer takes its lock at the start, so that two
        # writers queue for up to 20 s instead of failing half-way.
        database["OPTIONS"] = {
            **database.get("OPTIONS", {}),
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-20000; PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=27103364"
            ),
        }
    return database


DEBUG = _switch("ANAGEN_DEBUG")
SECRET_KEY = os.environ.get("ANAGEN_SECRET_KEY") or _kept_secret(VAR / "secret-key")
ALLOWED_HOSTS = [
    host.strip()
    for host in os.environ.get("ANAGEN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    if host.strip()
]

INSTALLED_APPS = [
    "anagen.clinic.site",
    "anagen.clinic.people",
    "anagen.clinic.audit",
    "anagen.clinic.tasks",
    "anagen.clinic.cases",
    "anagen.clinic.review",
    "anagen.clinic.intake",
    "anagen.clinic.screening",
    "anagen.clinic.stock",
    "anagen.clinic.formulation",
    "anagen.clinic.course",
    "anagen.clinic.billing",
    "anagen.clinic.treatment",
    "anagen.clinic.recall",
    "anagen.clinic.knowledge",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "anagen.clinic.site.middleware.protect_content",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "anagen.clinic.people.middleware.sign_out_when_idle",
    "anagen.clinic.audit.middleware.name_the_person",
    "anagen.clinic.people.middleware.speak_their_language",
    "anagen.clinic.people.middleware.EveryViewNamesItsPermission",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "anagen.clinic.review.middleware.one_knowledge",
]

ROOT_URLCONF = "anagen.clinic.urls"
WSGI_APPLICATION = "anagen.clinic.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "anagen.clinic.site.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "anagen.clinic.site.templatetags.components",
            ],
        },
    }
]

# --- data
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["anagen.clinic.people.sign_in.Accounts"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "full_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "site:home"
LOGOUT_REDIRECT_URL = "people:sign_in"
IDLE_TIMEOUT = timedelta(minutes=int(os.environ.get("ANAGEN_IDLE_MINUTES", "30")))
SESSION_COOKIE_AGE = 12 * 3600  # a shift; the idle timeout is shorter
SESSION_COOKIE_NAME = "anagen_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "anagen_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "anagen.clinic.site.errors.csrf_failure"

# --- transport
HTTPS = _switch("ANAGEN_HTTPS")
TRUST_PROXY = _switch("ANAGEN_PROXY")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
APPEND_SLASH = False

# --- the clinic, as patients read it
CLINIC_NAME = os.environ.get("ANAGEN_CLINIC_NAME", "").strip()
CLINIC_TELEPHONE = os.environ.get("ANAGEN_CLINIC_PHONE", "").strip()
CLINIC_PLACE = os.environ.get("ANAGEN_PLACE", "").strip()

# --- scanners: where all of them send separators, a code without any is never asked about
SCANNERS_SEND_SEPARATORS = _switch("ANAGEN_SEPARATORS")

# --- recalls: practised once a year, as inspections of clinics ask; a clinic may want it more often
RECALL_DRILL_DAYS = int(os.environ.get("ANAGEN_DRILL_DAYS", "365"))

# --- messages: without a mail server they are files in the var folder, and the pages say so
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = "clinic@localhost"

# --- words, days, numbers
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("ANAGEN_TIME_ZONE", "UTC")
FORMAT_MODULE_PATH = ["anagen.clinic.site.formats"]

# --- files that are not patients' data
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "anagen.clinic.site.storage.VersionedStaticFiles"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 30 * 24 * 3600  # addresses carry the version of the file
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
