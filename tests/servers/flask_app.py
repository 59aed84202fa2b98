"""scim2-flask on scim2-server's storage, with small pages and no ETag. Run with PORT and TOKEN in the environment.

With PATCH=off it has no PATCH and says so. Once the file READ_ONLY is there, nothing can be written.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from flask import Flask, Response, request
from scim2_flask import ScimServer
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    EnterpriseUser,
    ETag,
    Filter,
    Group,
    Patch,
    ResourceType,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)  # fmt: skip
from scim2_server.memory import InMemoryStorage
from waitress import serve

HAS_PATCH = os.environ.get("PATCH") != "off"
READ_ONLY = os.environ.get("READ_ONLY", "")

CONFIG = ServiceProviderConfig(
    patch=Patch(supported=HAS_PATCH),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=50),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=False),
    etag=ETag(supported=False),
    authentication_schemes=[AuthenticationScheme(type="oauthbearertoken", name="Token", description="A bearer token")],
)
TYPES = [ResourceType.from_resource(User[EnterpriseUser]), ResourceType.from_resource(Group)]

app = Flask(__name__)
provider = ScimProvider(models=[User, EnterpriseUser, Group], config=CONFIG, resource_types=TYPES)
ScimServer(InMemoryStorage(), provider, app)


@app.before_request
def only_with_the_token():
    if request.headers.get("Authorization") != f"Bearer {os.environ['TOKEN']}":
        return Response('{"detail": "no token"}', 401)
    if request.method == "PATCH" and not HAS_PATCH:
        return Response('{"status": "501", "detail": "no PATCH here"}', 501)
    if request.method != "GET" and READ_ONLY and Path(READ_ONLY).exists():
        return Response('{"status": "403", "detail": "this service is read-only"}', 403)
    return None


def end_with_the_tests() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_tests, daemon=True).start()
    serve(app, host="127.0.0.1", port=int(os.environ["PORT"]), threads=4)
