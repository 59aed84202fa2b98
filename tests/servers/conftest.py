"""Tests in this folder talk to real servers; where CI runs, none of them may be skipped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from other_servers import (
    django_scim2_server,
    django_scim2_server_of_many,
    scim2_flask,
    scim2_flask_read_only,
    scim2_flask_without_patch,
    scim2_server_of_200,
    scim2_server_of_many,
    scimmy_of_200,
)
from real_servers import (
    _scim2_server_cursor_process,
    _scim2_server_process,
    _scimmy_process,
    other_scim2_server,
    scim2_server,
    scim2_server_cursor,
    scimmy,
    things_server,
)

__all__ = [
    "_scim2_server_cursor_process",
    "_scim2_server_process",
    "_scimmy_process",
    "django_scim2_server",
    "django_scim2_server_of_many",
    "other_scim2_server",
    "scim2_flask",
    "scim2_flask_read_only",
    "scim2_flask_without_patch",
    "scim2_server",
    "scim2_server_cursor",
    "scim2_server_of_200",
    "scim2_server_of_many",
    "scimmy",
    "scimmy_of_200",
    "things_server",
]

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here: everything talks to servers, some of it to one that needs node."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("servers")
            if any("scimmy" in name for name in getattr(item, "fixturenames", ())):
                item.add_marker("node")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """Turn a skip into a failure where CI runs: a test that did not run there protects nobody."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped in CI: {report.longrepr[-1]}"
    return report
