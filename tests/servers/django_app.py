"""django-scim2-server as a project of one file: SQLite, one token. Run with PORT, TOKEN and DB in the environment.

PEOPLE puts so many people and eight groups straight into the tables: by POST it would take minutes.
"""

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


def fill(count: int) -> None:
    from django.contrib.auth.models import Group, User
    from django_scim2_server.models import SCIMGroup, SCIMUser

    from scimtui.demo.people import directory

    held = directory(0, count)
    people = User.objects.bulk_create(
        User(
            username=one["userName"],
            first_name=one["name"]["givenName"],
            last_name=one["name"]["familyName"],
            email=one["emails"][0]["value"],
            is_active=one["active"],
        )
        for one in held.users
    )
    SCIMUser.objects.bulk_create(
        SCIMUser(user=person, scim_username=one["userName"], external_id=one["externalId"], active=one["active"])
        for person, one in zip(people, held.users, strict=True)
    )
    of_id = {one["id"]: person for one, person in zip(held.users, people, strict=True)}
    for one in held.groups[:8]:
        group = Group.objects.create(name=one["displayName"])
        SCIMGroup.objects.create(group=group, display_name=one["displayName"])
        group.user_set.add(*[of_id[member["value"]] for member in one["members"]])


if __name__ == "__main__":
    threading.Thread(target=end_with_the_tests, daemon=True).start()
    call_command("migrate", verbosity=0)
    if os.environ.get("PEOPLE"):
        fill(int(os.environ["PEOPLE"]))
    serve(get_wsgi_application(), host="127.0.0.1", port=int(os.environ["PORT"]), threads=4)
