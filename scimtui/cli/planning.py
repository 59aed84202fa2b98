"""What each writing command wants, as planned changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scimtui.cli.assignments import assigned
from scimtui.cli.opening import filled, opened_one, resource_type_of, run
from scimtui.cli.roles import need_role
from scimtui.cli.writing import Asked, Planned, carry_out
from scimtui.errors import UsageError
from scimtui.ops import live
from scimtui.ops.browse import fetch
from scimtui.scim.change import plan_create, plan_delete, plan_edit
from scimtui.scim.kind import Kind


def create(name: str, type_name: str, sets: Sequence[str], file: str | None, asked: Asked) -> int:
    """Create one resource from assignments, or all that a file holds, and return the exit status."""
    if not sets and file is None:
        raise UsageError("nothing says what to create", "give --set userName=bjensen, or --from FILE")
    sources = [{}] if file is None else _documents(file)

    async def work() -> int:
        async with opened_one(name) as session:
            need_role(Kind.CREATE, session, asked)
            resource_type = await resource_type_of(session, type_name)
            wanted = [assigned(source, resource_type, sets) for source in sources]
            planned = [
                Planned(session, plan_create(name, one, resource_type, session.provider, session.dialect))
                for one in wanted
            ]
            return await carry_out(planned, asked)

    return run(work())


def edit(
    name: str,
    type_name: str,
    key: str,
    assignments: tuple[Sequence[str], Sequence[str], Sequence[str]],
    asked: Asked,
) -> int:
    """Change attributes of one resource as it is at the provider now, and return the exit status."""
    if not any(assignments):
        raise UsageError("nothing says what to change", "give --set title=Manager, --add P=V or --remove P")

    async def work() -> int:
        async with opened_one(name) as session:
            need_role(Kind.EDIT, session, asked)
            resource_type = await filled(session, type_name, say_age=False)
            found = await live.need(session, resource_type, key)
            before = (await fetch(session, resource_type, found.id)).raw
            after = assigned(before, resource_type, *assignments)
            change = plan_edit(name, before, after, resource_type, session.provider, session.dialect)
            return await carry_out([Planned(session, change)], asked)

    return run(work())


def delete(name: str, type_name: str, key: str, asked: Asked) -> int:
    """Delete one resource and return the exit status."""

    async def work() -> int:
        async with opened_one(name) as session:
            need_role(Kind.DELETE, session, asked)
            resource_type = await filled(session, type_name, say_age=False)
            found = await live.need(session, resource_type, key)
            change = plan_delete(name, found.raw, resource_type, session.provider, session.dialect)
            return await carry_out([Planned(session, change)], asked)

    return run(work())


# ---------------------------------------------------------------- files


def _documents(file: str) -> list[dict[str, Any]]:
    """Return the JSON objects of a file: one, a list of them, or one a line. "-" is standard input.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{file} cannot be read: {why}", "nothing was sent") from error
    try:
        value = json.loads(text)
    except ValueError:
        value = [_line(file, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    documents = value if isinstance(value, list) else [value]
    if not documents or not all(isinstance(one, dict) for one in documents):
        raise UsageError(f"{file} holds no JSON objects", "write one object, a list of them, or one a line")
    return documents


def _line(file: str, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise UsageError(f"{file}, line {number}: not JSON: {error}", "nothing was sent; mend the file") from error
