"""django-scim2-server as a project of one file: SQLite, one token. Run with PORT, TOKEN and DB in the environment."""

from __future__ import annotations

import os
import sys
import threading

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="of the tests",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django_scim2_server"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DB"]}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    APPEND_SLASH=False,
    SCIM2_SERVER_AUTH_CHECK=f"{__name__}.is_allowed",
)


def is_allowed(request) -> bool:
    return request.headers.get("Authorization") == f"Bearer {os.environ['TOKEN']}"


django.setup()

from django.core.management import call_command  # noqa: E402, only after setup
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from waitress import serve  # noqa: E402

urlpatterns = [path("scim/v2/", include("django_scim2_server.urls"))]


def end_with_the_tests() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_tests, daemon=True).start()
    call_command("migrate", verbosity=0)
    serve(get_wsgi_application(), host="127.0.0.1", port=int(os.environ["PORT"]), threads=4)
