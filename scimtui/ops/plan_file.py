"""Plans as JSON files: changes that a person reviews, sends on, and carries out later with `scimtui apply`.

Nothing of a plan is sent as it stands: each change is planned again against what the provider has then. A change that
holds a secret cannot be written down, so it is left out.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from scimtui.errors import PatchError, UsageError
from scimtui.scim.change import Change, plan_active, plan_create, plan_delete, plan_edit, plan_members
from scimtui.scim.coerce import element_value
from scimtui.scim.diff import edits
from scimtui.scim.kind import Kind
from scimtui.scim.masks import holds_secret, masked_edits, masked_resource
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.resource import resource_id
from scimtui.store.private_files import disk_errors, write_whole

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

FORMAT = "scimtui-plan"
VERSION = 1


class Left(StrEnum):
    """Why a change is still to be done, as far as the way to go on differs."""

    NOT_YET = ""
    """Nobody has come to it."""
    WAITS = "waits"
    """The tenant did not answer, so nothing was sent: it can be tried again."""
    UNKNOWN = "unknown"
    """It was sent, and nobody knows how it ended: it is looked up, and never sent blindly."""
    STOPPED = "stopped"
    """The batch stopped before it."""
    DECIDE = "decide"
    """It was refused, ignored, or somebody else changed the same: a person must look."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a plan."""

    number: int
    """From 1, its own in the whole plan. What is left of a plan keeps the numbers it had."""
    change: Change
    undoes: str = ""
    """Journal id of the write that it takes back."""
    left: Left = Left.NOT_YET
    why: str = ""
    """What was in the way when it was tried, one line. Hostile text."""


class PlannedEdit(msgspec.Struct, forbid_unknown_fields=True):
    """One edit as it stands in the file."""

    path: str
    before: Any = None
    after: Any = None


class PlannedChange(msgspec.Struct, forbid_unknown_fields=True):
    """One change as it stands in the file. Every text is hostile."""

    number: int
    tenant: str
    type: str
    id: str
    key: str
    kind: Kind
    title: str
    edits: list[PlannedEdit]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str = ""
    undoes: str = ""
    left: Left = Left.NOT_YET
    why: str = ""


class PlanFile(msgspec.Struct, forbid_unknown_fields=True):
    """A plan as it stands in the file."""

    format: str
    version: int
    batch: str
    """Id of the batch, which the journal keeps with each write: what was done already is known by it."""
    made: str
    """When, ISO 8601."""
    why: str
    """What the plan is for, or why it is left over; one line for people."""
    changes: list[PlannedChange]

    @property
    def tenants(self) -> list[str]:
        """The tenants it writes to."""
        return list(dict.fromkeys(change.tenant for change in self.changes))


def new_batch() -> str:
    """Return an id for a batch: its moment in UTC, and something that no other has."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def begun(batch: str) -> datetime | None:
    """Return when a batch got its id; None where that cannot be told. Aware, UTC."""
    try:
        return datetime.strptime(batch[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def numbered(changes: Iterable[Change]) -> list[Step]:
    """Return changes as the steps of a plan."""
    return [Step(number, change) for number, change in enumerate(changes, 1)]


# ---------------------------------------------------------------- writing


def kept_path(home: Path, batch: str) -> Path:
    """Return where the plan of a batch is kept until all of it is done."""
    return home / "plans" / f"{batch}.json"


def write_plan(path: Path, steps: Sequence[Step], batch: str, why: str) -> list[str]:
    """Write a plan for its owner alone, and return a warning for each change that cannot be written down. Blocks.

    Raises:
        CacheError: the file cannot be written.
    """
    head = {
        "format": FORMAT,
        "version": VERSION,
        "batch": batch,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "why": why,
    }
    told = [f"  {_json(name)}: {_json(value)}," for name, value in head.items()]
    changes = ",\n".join(_written(step) for step in steps if not holds_secret(step.change))
    text = "\n".join(["{", *told, '  "changes": [', changes, "  ]", "}", ""])
    with disk_errors(f"write the plan {path}"):
        write_whole(path, text.encode())
    return [
        f"{step.change.title} holds a secret, so it is not in the plan file"
        for step in steps
        if holds_secret(step.change)
    ]


def _written(step: Step) -> str:
    """Return a change over several lines; each edit, and each state of the resource, on one."""
    change, kind = step.change, step.change.resource_type
    facts = {
        "number": step.number,
        "tenant": change.tenant,
        "type": kind.name,
        "id": change.id,
        "key": change.key,
        "kind": change.kind.value,
        "title": change.title,
        **({"reason": change.reason} if change.reason else {}),
        **({"undoes": step.undoes} if step.undoes else {}),
        **({"left": step.left.value} if step.left else {}),
        **({"why": step.why} if step.why else {}),
    }
    lines = [f"      {_json(name)}: {_json(value)}," for name, value in facts.items()]
    shown = ",\n".join(f"        {_json(edit)}" for edit in masked_edits(change.edits, kind))
    lines += ['      "edits": [', shown, "      ],"] if shown else ['      "edits": [],']
    lines += [f'      "before": {_json(masked_resource(change.before, kind))},']
    lines += [f'      "after": {_json(masked_resource(change.after, kind))}']
    return "\n".join(["    {", *lines, "    }"])


def _json(value: Any) -> str:
    """Return JSON in which nothing acts on a terminal: such characters are written as escapes."""
    return _ODD.sub(_escape, json.dumps(value, ensure_ascii=False))


_ODD = re.compile(r"[^\x20-\x7e]")


def _escape(match: re.Match[str]) -> str:
    letter = match[0]
    return letter if letter.isprintable() else json.dumps(letter)[1:-1] if letter != "\x7f" else "\\u007f"


# ---------------------------------------------------------------- reading


def read_plan(path: Path) -> PlanFile:
    """Return a plan as it stands in a file, its form checked. Blocks for the disk.

    Raises:
        UsageError: it cannot be read, or something in it is not of the form; the message names the place.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "check the path") from error
    try:
        head = msgspec.json.decode(data)
        if not isinstance(head, dict) or head.get("format") != FORMAT:
            raise _wrong(path, "", f'it is no plan: "format" must be "{FORMAT}"')
        if head.get("version") != VERSION:
            raise _wrong(path, "", f"version {head.get('version')} is not known here, {VERSION} is")
        plan = msgspec.convert(head, PlanFile)
    except msgspec.ValidationError as error:
        raise _wrong(path, *_place(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(path, _line(data, str(error)), f"not JSON: {error}") from error
    if not plan.batch.strip():
        raise _wrong(path, "", '"batch" is empty: what was done already could not be known')
    seen: set[int] = set()
    for change in plan.changes:
        if change.number < 1 or change.number in seen:
            raise _wrong(path, f"change {change.number}", "its number must be its own, from 1")
        seen.add(change.number)
    return plan


@of_any_depth
def steps_of(path: Path, plan: PlanFile, sessions: Mapping[str, Session]) -> list[Step]:
    """Return the changes of a plan as they were planned, each checked: what is reviewed is what would be sent.

    Raises:
        UsageError: a change contradicts itself, or means nothing in its tenant; the message names it.
    """
    return [_step(path, change, sessions[change.tenant]) for change in plan.changes]


def _step(path: Path, stated: PlannedChange, session: Session) -> Step:
    place = f"change {stated.number} ({stated.key})"
    resource_type = session.provider.resource_type(stated.type)
    if resource_type is None:
        raise _wrong(path, place, f"{stated.tenant} has no resource type {stated.type}")
    try:
        planned = _planned(stated, resource_type, session)
    except (UsageError, PatchError) as error:
        raise _wrong(path, place, error.message) from error
    for problem in _contradictions(stated, planned, resource_type):
        raise _wrong(path, place, problem)
    change = replace(planned, kind=stated.kind, reason=stated.reason)
    return Step(stated.number, change, stated.undoes, stated.left, stated.why)


def _planned(stated: PlannedChange, resource_type: ResourceType, session: Session) -> Change:
    """Plan again what the file says, from what was there before.

    Raises:
        UsageError: before or after is missing; or see the plan functions.
    """
    about = (resource_type, session.provider, session.dialect)
    before, after = stated.before, stated.after
    if (before is None) is not (stated.kind is Kind.CREATE):
        raise UsageError('"before" is null for a creation, and for nothing else')
    if (after is None) is not (stated.kind is Kind.DELETE):
        raise UsageError('"after" is null for a deletion, and for nothing else')
    match stated.kind:
        case Kind.CREATE:
            return plan_create(stated.tenant, after or {}, *about)
        case Kind.DELETE:
            return plan_delete(stated.tenant, before or {}, *about)
        case Kind.ACTIVATE | Kind.DEACTIVATE:
            return plan_active(stated.tenant, before or {}, stated.kind is Kind.ACTIVATE, *about)
        case Kind.ADD_MEMBERS | Kind.REMOVE_MEMBERS:
            add = [edit.after for edit in stated.edits if edit.after is not None]
            remove = [str(element_value(edit.before)) for edit in stated.edits if edit.after is None]
            return plan_members(stated.tenant, before or {}, add, remove, *about)
    return plan_edit(stated.tenant, before or {}, after or {}, *about)


def _contradictions(stated: PlannedChange, planned: Change, kind: ResourceType) -> Iterator[str]:
    """Yield what the file says in two ways: a person may have read the one, and the other would be sent."""
    if stated.id != ("" if stated.before is None else resource_id(stated.before)):
        yield f'"id" is {stated.id or "empty"}, and "before" is about another resource'
    if stated.key != planned.key:
        yield f'"key" is {stated.key}, and the resource is {planned.key}'
    if stated.kind is not planned.kind and stated.kind in {Kind.EDIT, Kind.ACTIVATE, Kind.DEACTIVATE}:
        yield f'"kind" is {stated.kind}, and what it does is {planned.kind}'
    said = [{"path": edit.path, "before": edit.before, "after": edit.after} for edit in stated.edits]
    if _told(said, stated.kind) != _told(masked_edits(planned.edits, kind), stated.kind):
        yield '"edits" are not what differs between "before" and "after"'
    if stated.after is not None and edits(stated.after, planned.after or {}, kind):
        yield '"after" is not what "before" becomes by "edits"'


def _told(found: Sequence[dict[str, Any]], kind: Kind) -> list[dict[str, Any]]:
    """Return edits as they are compared: who leaves a group counts by the id alone, since groups seldom say names."""
    if kind not in {Kind.ADD_MEMBERS, Kind.REMOVE_MEMBERS}:
        return list(found)
    return [{**edit, "before": element_value(edit["before"])} for edit in found]


def _wrong(path: Path, place: str, problem: str) -> UsageError:
    where = f"{path}, {place}" if place else str(path)
    return UsageError(f"{where}: {problem}", "nothing was sent; mend the file, or plan anew")


def _place(message: str) -> tuple[str, str]:
    """Return where msgspec found something, in words, and what."""
    problem, _, place = message.partition(" - at `$")
    place = place.rstrip("`")
    number = re.match(r"\.changes\[(\d+|\.\.\.)\]", place)
    words = place[number.end() :] if number else place
    parts = [f"the {_ordinal(int(number[1]))} change"] if number and number[1].isdigit() else []
    return ", ".join([*parts, *([words.lstrip(".")] if words.lstrip(".") else [])]), problem[:1].lower() + problem[1:]


def _ordinal(index: int) -> str:
    count = index + 1
    ending = "th" if count % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"


def _line(data: bytes, message: str) -> str:
    """Return the line that a JSON error names by its byte, "" where it names none."""
    found = re.search(r"byte (\d+)", message)
    return f"line {data.count(bytes([10]), 0, int(found[1])) + 1}" if found else ""
