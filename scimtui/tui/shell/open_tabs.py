"""Tabs as values that survive a restart: what is needed to open each of them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scimtui.errors import ScimtuiError
from scimtui.present.cells import safe
from scimtui.tui.rows.table_view import TableView
from scimtui.tui.view import View, as_text

if TYPE_CHECKING:
    from scimtui.tui.shell.sessions import Sessions

Spec = Mapping[str, str]


@dataclass
class OpenTab:
    """One tab. Its widget is made when the tab is first looked at."""

    spec: Spec | None
    title: str
    view: View | None = None

    def kept(self) -> Spec | None:
        """Return what to remember of it, None for a tab that can't be opened again."""
        return self.view.spec() if self.view is not None else self.spec


def table_spec(tenant: str, type_name: str) -> dict[str, str]:
    """Return the spec of a table without a filter."""
    return {"view": "table", "tenant": tenant, "type": type_name, "filter": ""}


def read_specs(remembered: Any, sessions: Sessions) -> list[OpenTab]:
    """Return the tabs of the last start whose tenants still exist; whatever else is in the file is passed over."""
    tabs = []
    for spec in remembered if isinstance(remembered, list) else []:
        if not isinstance(spec, Mapping):
            continue
        names = [as_text(spec.get("tenant")), *([as_text(spec.get("right"))] if spec.get("view") == "compare" else [])]
        if all(name in sessions.config.tenants for name in names) and spec.get("view") in _MAKERS:
            tabs.append(OpenTab({key: as_text(value) for key, value in spec.items()}, _title(spec)))
    return tabs


def view_of(spec: Spec, sessions: Sessions) -> View | None:
    """Return the widget of a tab, None when its resource type is not there any more."""
    try:
        return _MAKERS[spec["view"]](spec, sessions)
    except (KeyError, ScimtuiError):
        return None


def _table(spec: Spec, sessions: Sessions) -> View | None:
    session = sessions.get(spec["tenant"])
    resource_type = session.provider.resource_type(spec["type"])
    if session.tenant.cache == "off":
        return _live(spec, sessions)
    return TableView(session, resource_type, spec.get("filter", "")) if resource_type else None


def _live(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.rows.live_view import LiveView  # most tables are cached

    session = sessions.get(spec["tenant"])
    resource_type = session.provider.resource_type(spec["type"])
    return LiveView(session, resource_type, spec.get("filter", "")) if resource_type else None


def _resource(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.resource.resource_view import DETAILS, ResourceView  # the first screen does not pay for these

    session = sessions.get(spec["tenant"])
    resource_type = session.provider.resource_type(spec["type"])
    return ResourceView(session, resource_type, spec["id"], DETAILS) if resource_type else None


def _compare(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.compare.opening import view_of_spec

    return view_of_spec(spec, sessions)


def _snapshots(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.snapshots.opening import view_of_spec

    return view_of_spec(spec, sessions)


def _requests(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.provider.exchange_view import ExchangeView

    return ExchangeView(sessions.get(spec["tenant"]))


def _check(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.provider.check_view import CheckView

    return CheckView(sessions.get(spec["tenant"]))


def _journal(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.journal.journal_view import JournalView

    about, name = spec.get("resource", ""), spec.get("name", "")
    return JournalView(sessions.get(spec["tenant"]), about, name, all_tenants=spec.get("all") == "yes")


def _members(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.members.members_view import MembersView

    session = sessions.get(spec["tenant"])
    resource_type = session.provider.resource_type(spec["type"])
    return MembersView(session, resource_type, spec["id"]) if resource_type else None


def _person(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.person.person_view import PersonView

    session = sessions.get(spec["tenant"])
    resource_type = session.provider.resource_type(spec["type"])
    return PersonView(session, resource_type, spec["id"]) if resource_type else None


def _presence(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.presence.presence_view import PresenceView

    return PresenceView(sessions.get(spec["tenant"]))


def _reconcile(spec: Spec, sessions: Sessions) -> View | None:
    from scimtui.tui.reconcile.opening import view_of_spec

    return view_of_spec(spec, sessions)


_MAKERS = {
    "table": _table,
    "live": _live,
    "resource": _resource,
    "compare": _compare,
    "snapshots": _snapshots,
    "requests": _requests,
    "check": _check,
    "journal": _journal,
    "members": _members,
    "person": _person,
    "presence": _presence,
    "reconcile": _reconcile,
}


def _title(spec: Spec) -> str:
    """Return a title until the view is made and knows better."""
    if spec.get("view") == "compare":
        return safe(f"{spec.get('tenant')} ⇄ {spec.get('right')}")
    if spec.get("view") == "person":
        return "person everywhere"
    if spec.get("view") in {"presence", "reconcile"}:
        return safe(f"reconcile {spec.get('tenant')}") if spec.get("view") == "reconcile" else "presence"
    if spec.get("view") in {"requests", "check"}:
        return safe(f"{spec.get('view')} {spec.get('tenant')}")
    if spec.get("view") == "snapshots":
        return safe(f"copies {spec.get('tenant')}")
    if spec.get("view") == "journal":
        about = spec.get("name") or spec.get("resource")
        return safe(f"history {about}") if about else safe(f"journal {spec.get('tenant')}")
    ending = {"table": "s", "live": "s · live"}.get(as_text(spec.get("view")), "")
    return safe(f"{spec.get('tenant')} {spec.get('type')}{ending}")
