"""Why somebody cannot log in, as a checklist: a line a check, each with what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scimtui.ops.login_facts import Remedy, Result
from scimtui.present.cells import cell, safe
from scimtui.present.command_lines import quoted
from scimtui.present.moments import ago
from scimtui.present.wording import age
from scimtui.scim.resource import lookup, natural_key

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.login_facts import Finding
    from scimtui.ops.why import Why

MARKS = {Result.YES: "✓", Result.NO: "✗", Result.UNKNOWN: "?"}
NAME_WIDTH = 12


def who_line(why: Why) -> str:
    """Return who is looked at and where, and how fresh it is."""
    raw = why.account.raw if why.account else why.person.raw
    name, key = cell(lookup(raw, "displayName")) or cell(lookup(raw, "name")), safe(natural_key(raw))
    who = f"{name} ({key})" if name and name != key else key
    return f"{who} in {safe(why.tenant)}: {fresh_words(why)}"


def fresh_words(why: Why) -> str:
    """Return when the provider was asked, or that it gave no answer and how old the cache is."""
    if why.asked_at is not None:
        return f"asked at {why.asked_at.astimezone():%H:%M:%S}"
    cached = f"this is its cache, synced {age(why.synced_at)}" if why.synced_at else "and it was never synced"
    return f"no answer, {cached}"


def detail_words(finding: Finding, now: datetime | None = None) -> str:
    """Return what was found, safe to show."""
    when = f"{ago(finding.moment, now or datetime.now(UTC))}: " if finding.moment else ""
    return safe(f"{when}{finding.detail}")


def finding_lines(finding: Finding, why: Why, tenants: Mapping[str, Tenant], width: int | None = None) -> Iterator[str]:
    """Yield a finding: one line or, where that is too wide for a terminal, what mends it on a second one."""
    line = f"{MARKS[finding.result]} {finding.check.value:{NAME_WIDTH}} {detail_words(finding)}"
    fix = fix_words(finding, why, tenants)
    if not fix:
        yield line
    elif width is None or len(line) + len(fix) + 5 <= width:
        yield f"{line}   → {fix}"
    else:
        yield line
        yield f"  {'':{NAME_WIDTH}} → {fix}"


def finding_record(finding: Finding, why: Why, tenants: Mapping[str, Tenant]) -> dict[str, Any]:
    """Return a finding as JSON."""
    fix = fix_words(finding, why, tenants) or None
    return {"check": finding.check.value, "result": finding.result.value, "detail": finding.detail, "fix": fix}


def fix_words(finding: Finding, why: Why, tenants: Mapping[str, Tenant]) -> str:
    """Return the command that mends a finding, or what to write into the config; "" where nothing does."""
    told, name, kind = finding.arguments, why.tenant, why.resource_type.name
    match finding.remedy:
        case None | Remedy.PASSWORD:
            return ""
        case Remedy.CONFIG:
            value = "[…]" if told[0] == "login_groups" else '"…"'
            return f"{told[0]} = {value} in [tenants.{name}] of the config"
        case Remedy.CREATE:
            show = _command(["show"], [told[0], kind, told[1]], ["--format", "json"])
            left = [word for path in told[2:] for word in ("--set", f"{path}=null")]
            return (
                f"{show} | {_command(['create'], [name, kind], ['--from', '-', *left, *_consent(tenants.get(name))])}"
            )
        case Remedy.ACTIVATE:
            return _command(["activate"], [told[1]], ["--tenant", told[0], *_consent(tenants.get(told[0]))])
        case Remedy.EDIT | Remedy.ADD:
            option = "--set" if finding.remedy is Remedy.EDIT else "--add"
            return _command(["edit"], [name, kind, why.key], [option, told[0], *_consent(tenants.get(name))])
        case Remedy.JOIN:
            consent = _consent(tenants.get(name))
            return "; ".join(_command(["member", "add"], [name, group, why.key], consent) for group in told)
        case _:
            return _command(*_looking(finding.remedy, name, told))


def _looking(remedy: Remedy, tenant: str, told: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the command of what changes nothing at the provider."""
    found: dict[Remedy, tuple[list[str], list[str], list[str]]] = {
        Remedy.TOKEN: (["tenant", "token"], [tenant], []),
        Remedy.SYNC: (["sync"], [tenant], []),
        Remedy.OTHER: (["why"], [*told], ["--tenant", tenant]),
        Remedy.LOOK_UP: (["journal", "look-up"], [tenant], []),
        Remedy.SHOW: (["journal", "show"], [*told], []),
    }
    return found[remedy]


def _command(verb: Sequence[str], places: Sequence[str], options: Sequence[str]) -> str:
    """Return a command; a key that looks like an option stands where it is none."""
    behind = any(place.startswith("-") for place in places)
    order = [*options, "--", *places] if behind else [*places, *options]
    return " ".join(["scimtui", *verb, *(quoted(word) for word in order)])


def _consent(tenant: Tenant | None) -> list[str]:
    """Return what a write to the tenant needs besides."""
    if tenant is None or not (tenant.production or tenant.reason_required):
        return []
    return [*(["--unlock"] if tenant.production else []), "--reason", "REASON"]
