"""Every setting, read from the environment (see .env.example); nothing to write for a local trial."""

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from certif import limits

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env("CERTIF_DATA", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# --- Where we are -----------------------------------------------------------------------------

# No SECRET_KEY means a local trial: one machine, one visitor, a key of its own drawn at the first start.
LOCAL = not env("SECRET_KEY", default="")


def local_secret_key() -> str:
    """The key of a local trial; drawn only when asked to (./run), so that a server never starts on one by accident."""
    path = DATA_DIR / "secret.key"
    if not path.exists():
        if not env.bool("CERTIF_LOCAL", default=False):
            raise ImproperlyConfigured(
                "SECRET_KEY manque. Pour un essai sur cette machine : ./run. Pour un serveur : voir .env.example."
            )
        drawn = path.with_name(f"secret.{os.getpid()}")
        descriptor = os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):  # another process drew it first: its key is the right one
            os.link(drawn, path)
        drawn.unlink()
    return path.read_text().strip()


SECRET_KEY = local_secret_key() if LOCAL else env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

DEBUG = env.bool("CERTIF_DEBUG", default=False)
if DEBUG and not LOCAL:
    raise ImproperlyConfigured("CERTIF_DEBUG n’existe que pour un essai local, sans SECRET_KEY.")

SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname, "127.0.0.1", "localhost"])

# --- Rooms ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "certif.accounts",
    "referentiel",
    "assessments",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "template_partials",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "certif.middleware.refuse_oversized_requests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "certif.middleware.refresh_sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "assessments.traces.keep_traces",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "certif.accounts.second_factor.require_second_factor",
]

ROOT_URLCONF = "certif.urls"
WSGI_APPLICATION = "certif.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "libraries": {"ui": "certif.ui"},
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Data -------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'certif.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # IMMEDIATE takes the write lock at BEGIN: a transaction that reads first can then never die of « database is locked ».
    DATABASES["default"]["OPTIONS"] = {
        "timeout": limits.LOCK_WAIT_SECONDS,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        connect_timeout=limits.DATABASE_CONNECT_SECONDS,
        options=f"-c statement_timeout={limits.STATEMENT_SECONDS}s -c lock_timeout={limits.LOCK_WAIT_SECONDS}s",
    )

# Rate limits live in the cache, which every process must share: files for one machine, CACHE_URL for several.
CACHES = {
    "default": env.cache_url("CACHE_URL")
    if env("CACHE_URL", default="")
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# The worker is a child of the server, unless someone else (systemd, a container) runs `manage.py db_worker`.
WORKER_EMBEDDED = env("CERTIF_WORKER", default="embedded") != "external"
WORKER_HEARTBEAT_FILE = DATA_DIR / "worker.heartbeat"

# --- Files ------------------------------------------------------------------------------------

# Never served by URL: each byte goes through a view that checks the visitor's rights.
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(DATA_DIR / "media"))).resolve()
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "tmp"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "certif.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = limits.FORM_BYTES

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- People -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["certif.accounts.second_factor.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": limits.PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = int(limits.PASSWORD_RESET_AGE.total_seconds())
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "assessment_list"

_window = f"{int(limits.LOGIN_FAILURES_WINDOW.total_seconds())}s"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True  # one address per person: the new one replaces the old once confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that has just signed up
ACCOUNT_ADAPTER = "certif.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "certif.accounts.login_forms.AddEmailForm",
    "change_password": "certif.accounts.login_forms.ChangePasswordForm",
    "login": "certif.accounts.login_forms.LoginForm",
    "reauthenticate": "certif.accounts.login_forms.ReauthenticateForm",
    "reset_password": "certif.accounts.login_forms.ResetPasswordForm",
    "reset_password_from_key": "certif.accounts.login_forms.ResetPasswordKeyForm",
    "set_password": "certif.accounts.login_forms.SetPasswordForm",
    "signup": "certif.accounts.login_forms.SignupForm",
}
ACCOUNT_RATE_LIMITS = {
    "login_failed": (
        f"{limits.LOGIN_FAILURES_PER_ADDRESS}/{_window}/ip,{limits.LOGIN_FAILURES_PER_ACCOUNT}/{_window}/key"
    ),
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Certif] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Without a mail server (local trial), an address cannot be confirmed: it must not bar the way in.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if not LOCAL or env("EMAIL_URL", default="") else "optional"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

MFA_ADAPTER = "certif.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "certif.accounts.login_forms.ActivateTOTPForm",
    "add_webauthn": "certif.accounts.login_forms.AddWebAuthnForm",
    "authenticate": "certif.accounts.login_forms.AuthenticateForm",
    "edit_webauthn": "certif.accounts.login_forms.EditWebAuthnForm",
    "reauthenticate": "certif.accounts.login_forms.ReauthenticateCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Certif"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL

SESSION_ENGINE = "certif.sessions"
SESSION_COOKIE_AGE = int(limits.SESSION_IDLE.total_seconds())  # see certif.middleware.refresh_sessions

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Certif <ne-pas-repondre@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Words ------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr-fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# --- Walls ------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "certif.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/$", r"^pret/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],  # the glyphs inside Bootstrap's stylesheet
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},  # a refused page is not an incident
        "django_tasks": {"level": "INFO"},
        # Optimising the font subset of each PDF says a lot, none of it for an operator.
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
