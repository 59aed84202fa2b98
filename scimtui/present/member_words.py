"""Members and groups in words and rows: who is in, who is to come or go, and what became of it. All safe to show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.ops.browse import Projection
from scimtui.ops.lookup import keys_of
from scimtui.ops.memberships import Member, member_named
from scimtui.ops.receipts import Outcome
from scimtui.ops.search import fold
from scimtui.present.cells import cell, safe
from scimtui.present.columns import ACTIVE, INACTIVE, UNKNOWN
from scimtui.present.exported import row_id
from scimtui.present.wording import count_of
from scimtui.scim.change import may_have_more_members
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.kind import Kind
from scimtui.scim.resource import lookup

if TYPE_CHECKING:
    from scimtui.ops.member_plans import Likeness
    from scimtui.ops.memberships import Standing
    from scimtui.ops.receipts import Receipt
    from scimtui.scim.change import Change
    from scimtui.scim.diff import Edit

COMES, GOES, STAYS = "+ ", "− ", "  "
"""What the name of a member begins with."""
GROUP_MARK = "▸ "
"""Before the type of what has members itself."""
MEMBERSHIP = frozenset({Kind.ADD_MEMBERS, Kind.REMOVE_MEMBERS})
NOT_SHOWN = "This provider shows no members, so who is in is not known. Adding and removing works all the same."
MOST_NAMED = 2
LONGEST_CUT = 1000
"""Providers that cut a list of members cut it at 100 or a few hundred; beyond, a round number is chance."""

Row = tuple[str, ...]


# ---------------------------------------------------------------- rows


def candidates(type_name: str, *, is_group: bool) -> Projection:
    """Return what makes rows of those who may be chosen: `(type and id, what they are called, name, key, type, state)`."""

    def project(raw: Mapping[str, Any]) -> Row:
        named = "\n".join(keys_of(raw))
        return (
            f"{safe(type_name)}\n{row_id(raw)}",
            named,
            *_cells(member_named(type_name, raw), "", is_group=is_group),
        )

    return Projection(f"candidates 1 {type_name}", project)


def chosen_of(row_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Return type and id of rows made by `candidates`."""
    return [(kind, identity) for kind, _, identity in (one.partition("\n") for one in row_ids)]


def member_row(member: Member, sign: str = STAYS, groups: Collection[str] = ()) -> Row:
    """Return a member as a row of a table; `groups` are the types that have members themselves."""
    words = "\n".join(map(fold, (member.name, member.key, member.id, member.type)))
    return (safe(member.id), words, *_cells(member, sign, is_group=member.type in groups))


def _cells(member: Member, sign: str, *, is_group: bool) -> tuple[str, str, str, str]:
    state = {True: ACTIVE, False: INACTIVE}.get(member.active, "") if member.active is not None else ""
    kind = f"{GROUP_MARK if is_group else ''}{safe(member.type)}" if member.type else UNKNOWN
    return f"{sign}{cell(member.name)}", cell(member.key), kind, state


def with_sign(row: Row, sign: str) -> Row:
    """Return the row of a member who comes, goes or stays."""
    return (*row[:2], f"{sign}{row[2][2:]}", *row[3:])


def sign_of(row: Row) -> str:
    """Return whether the member of a row comes, goes or stays."""
    return row[2][:2]


# ---------------------------------------------------------------- what is staged


def staged_line(group: Mapping[str, Any], coming: int, going: int, *, shown: bool) -> str:
    """Return how many members there are and will be: `120 members → 123 after: + 4 − 1, nothing sent yet`."""
    count = len(as_list(lookup(group, "members")))
    if not shown:
        wish = " ".join(part for part in (f"+ {coming:,}" if coming else "", f"− {going:,}" if going else "") if part)
        return f"members are not shown here{f': {wish}, nothing sent yet' if wish else ''}"
    now = count_of(count, "member")
    if not coming and not going:
        return now
    parts = [f"+ {coming:,}" if coming else "", f"− {going:,}" if going else ""]
    return f"{now} → {count + coming - going:,} after: {' '.join(filter(None, parts))}, nothing sent yet"


def is_shown(group: Mapping[str, Any], shows_members: bool | None) -> bool:  # noqa: FBT001, a field of the dialect
    """Whether what a group shows of its members can be taken for who is in it."""
    return shows_members is not False or lookup(group, "members") is not None


def incomplete_words(group: Mapping[str, Any]) -> str:
    """Return why a group may have more members than it shows, "" where nothing hints at that."""
    count = len(as_list(lookup(group, "members")))
    if 0 < count <= LONGEST_CUT and may_have_more_members(group):
        return f"Exactly {count:,} members are shown: the provider may cut the list there."
    return ""


# ---------------------------------------------------------------- groups to choose from


def standing_words(standing: Standing, people: int) -> str:
    """Return who of some people is in a group: `in`, `through Engineers`, `12 of 20 in`."""
    inside = len(standing.direct)
    through = sorted({name for names in standing.nested.values() for name in names})
    if people > 1:
        also = f", {len(standing.nested):,} through {_named(through)}" if standing.nested else ""
        return f"{inside:,} of {people:,} in{also}"
    if inside and standing.nested:
        return f"in, also through {_named(through)}"
    return "in" if inside else f"through {_named(through)}" if standing.nested else ""


def nested_words(standing: Standing) -> str:
    """Return why those who are in a group through others can't be taken out of it here."""
    through = _named(sorted({name for names in standing.nested.values() for name in names}))
    name = safe(standing.name)
    return f"{name}: in it through {through}. Who leaves {through} leaves it too; or take {through} out of {name}"


def _named(names: Sequence[str]) -> str:
    if not names:
        return "another group"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(safe(name) for name in names[:MOST_NAMED])}{more}"


def groups_line(people: int, coming: int, going: int, groups: int) -> str:
    """Return what is ticked: `into 2 groups, out of 1; 3 changes`."""
    if not groups:
        return "Nothing is ticked yet."
    who = "" if people == 1 else f"{count_of(people, 'person', 'people')} "
    parts = [
        f"into {count_of(coming, 'group')}" if coming else "",
        f"out of {count_of(going, 'group')}" if going else "",
    ]
    return f"{who}{', '.join(filter(None, parts))}: {count_of(groups, 'change')}, nothing sent yet"


def likeness_words(one: Likeness) -> str:
    """Return an attribute that would be taken from a colleague: `department: Sales → Research`."""
    name = safe(one.path.rsplit(":", 1)[-1])
    return f"{name}: {cell(one.before) or UNKNOWN} → {cell(one.after)}"


def member_edit(edit: Edit) -> str | None:
    """Return who comes or goes, by name as far as the edit says it; None for an edit of anything else."""
    if not edit.path.casefold().startswith("members["):
        return None
    member = edit.before if edit.after is None else edit.after
    name = lookup(member, "display")
    return f"{GOES if edit.after is None else COMES}{cell(name) or cell(element_value(member))}"


# ---------------------------------------------------------------- what became of it


def members_outcome(receipt: Receipt) -> str | None:
    """Return what became of a change of members, with the counts before and after; None where the usual words do."""
    change, counts = receipt.change, _counts(receipt)
    if change.kind not in MEMBERSHIP or receipt.verified_at is None or receipt.resource is None:
        return None
    title, said = safe(change.title), safe(receipt.detail)
    match receipt.outcome:
        case Outcome.APPLIED:
            return f"{title}: done and verified at {receipt.verified_at.astimezone():%H:%M:%S}{counts}"
        case Outcome.ALTERED:
            return f"{title}: {f'{said}; ' if said else ''}{_how_many(receipt)}{counts}"
        case Outcome.UNKNOWN if receipt.differences:
            return f"{title}: {said or 'no answer came'}; {_how_many(receipt)}{counts}"
    return None


def _counts(receipt: Receipt) -> str:
    before = lookup(receipt.change.before, "members")
    after = lookup(receipt.resource.raw, "members") if receipt.resource is not None else None
    if not before and not after:  # nobody in it, or nothing shown of it
        return ""
    return f"; {count_of(len(as_list(before)), 'member')} before, {len(as_list(after)):,} now"


def _how_many(receipt: Receipt) -> str:
    """Return how many of those who were to come are in, and of those who were to go are out."""
    open_paths = {edit.path for edit in receipt.differences}
    return ", ".join(_done(receipt.change, open_paths, comes=comes) for comes in (True, False) if _all(receipt, comes))


def _all(receipt: Receipt, comes: bool) -> bool:  # noqa: FBT001, a half of the edits
    return any((edit.after is not None) is comes for edit in receipt.change.edits)


def _done(change: Change, open_paths: Iterable[str], *, comes: bool) -> str:
    wanted = [edit.path for edit in change.edits if (edit.after is not None) is comes]
    done = len(set(wanted).difference(open_paths))
    return f"{done:,} of {len(wanted):,} are {'in' if comes else 'out'}"
