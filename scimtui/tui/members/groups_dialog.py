"""The groups of one person, or of several who are marked: ticks stage who comes into a group and who leaves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast, overload

from rich.cells import set_cell_size
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from scimtui.errors import UsageError
from scimtui.ops import browse
from scimtui.ops.group_members import has_members
from scimtui.ops.member_plans import GroupWish, Likeness, changeable, plan_alike, plan_groups, why_not
from scimtui.ops.memberships import Member, Standing, are_complete, member_named, standings
from scimtui.ops.search import fold, words_of
from scimtui.present.cells import safe
from scimtui.present.member_words import NOT_SHOWN, groups_line, likeness_words, nested_words, standing_words
from scimtui.present.wording import count_of, tenant_name
from scimtui.scim.change import Change
from scimtui.tui.dialogs.search_field import SearchField, SearchLine
from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.view import Shell, worker_error_line

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.resource import Resource
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.shell_screen import ShellScreen

NAME, SIZE = 32, 13
"""Cells of two columns."""
KEYS = "Space + into it, − out of it · / search · Enter preview · Esc close"
SIGNS = {"add": ("+", "good"), "remove": ("−", "bad"), "": (" ", "")}

NO_GROUP_OF_HELP_DESK = "none of them is one that the help desk changes; helpdesk_groups in the config names those"

Place = tuple[str, str]
"""Type and id of a group."""


@dataclass(frozen=True)
class Choice:
    """What is chosen from."""

    session: Session
    title: str
    """Safe text."""
    people: tuple[Resource, ...]
    standings: Sequence[Standing]
    complete: bool
    """Whether every group of the tenant is here."""
    words: Mapping[Place, str] = field(default_factory=dict)
    """What is said of a group in place of who is in it; safe text."""
    ticked: frozenset[Place] = frozenset()
    """What is ticked at the beginning."""
    likenesses: tuple[Likeness, ...] = ()
    """What else one person may get."""

    @property
    def ids(self) -> set[str]:
        """The ids of the people."""
        return {one.id for one in self.people}


class _Lines(Sequence[Line]):
    """A line for each group, made when it is painted: a tenant may have 50,000."""

    def __init__(self, listed: Sequence[Standing | Likeness], make: Callable[[Standing | Likeness], Line]) -> None:
        self._listed = listed
        self._make = make

    def __len__(self) -> int:
        return len(self._listed)

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...

    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        return _Lines(self._listed[index], self._make) if isinstance(index, slice) else self._make(self._listed[index])


class GroupList(LineView):
    """Hands its keys to the dialog first."""

    def __init__(self, pressed: Callable[[events.Key], bool]) -> None:
        super().__init__(selectable=True)
        self._pressed = pressed

    def on_key(self, event: events.Key) -> None:
        """Take what the dialog does not want."""
        if self._pressed(event):
            event.stop()
            event.prevent_default()


class GroupsDialog(ModalScreen[list[Change]]):
    """Gives back the planned changes, [] after Esc."""

    DEFAULT_CSS = """
    GroupsDialog { align: center middle; background: $background 60%; }
    GroupsDialog > Vertical { width: 95%; max-width: 100; height: 85%; background: $surface; border: round $primary; }
    GroupsDialog LineView { height: 1fr; }
    GroupsDialog #notice { height: auto; max-height: 3; padding: 0 1; }
    GroupsDialog #notice.-wrong { color: $text-error; }
    GroupsDialog #keys { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self._choice = choice
        self._ticks: dict[Place, str] = {}
        self._likes: set[str] = set()
        by_place = {(one.type, one.id): one for one in choice.standings}
        for place in choice.ticked & by_place.keys():
            self._ticks[place] = self._next(by_place[place], "")
        self._ordered = sorted(choice.standings, key=lambda one: (not (one.direct or one.nested), fold(one.name)))
        if choice.words:
            self._ordered = sorted(choice.standings, key=lambda one: choice.words.get((one.type, one.id), ""))
        self._listed: list[Standing | Likeness] = []
        self._is_leaving = False
        self._runs: Mapping[str, Callable[[], object]] = {
            "space": self._tick, "slash": self._search, "enter": self._use, "escape": self._leave,
            "ctrl+c": self._leave, "q": self._leave,
        }  # fmt: skip

    def compose(self) -> ComposeResult:
        """Compose the search, the groups, what is ticked, and the keys."""
        with Vertical() as box:
            box.border_title = Content(self._choice.title)
            yield SearchLine(SearchField("letters of a group", self._pressed_in_field))
            yield GroupList(self._pressed)
            yield Static("", id="notice", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Start in the list."""
        self._list.focus()
        self._show()

    @property
    def _list(self) -> GroupList:
        return self.query_one(GroupList)

    @property
    def _field(self) -> SearchField:
        return self.query_one(SearchField)

    # ------------------------------------------------------------------ showing

    def _show(self) -> None:
        words = words_of(self._field.value)
        groups = [one for one in self._ordered if all(word in fold(one.name) for word in words)]
        likes = [one for one in self._choice.likenesses if all(word in fold(one.path) for word in words)]
        self._listed = [*likes, *groups]
        self._list.set_lines(_Lines(self._listed, self._line))
        self._say_ticked()

    def _line(self, one: Standing | Likeness) -> Line:
        if isinstance(one, Likeness):
            sign, style = SIGNS["add" if one.path in self._likes else ""]
            return [(f" {sign} ", style), (likeness_words(one), style or "value")]
        place = (one.type, one.id)
        sign, style = SIGNS[self._ticks.get(place, "")]
        said = self._choice.words.get(place) or standing_words(one, len(self._choice.people))
        size = "" if one.size is None else count_of(one.size, "member")
        tick = "✓" if len(one.direct) == len(self._choice.people) else "–" if one.direct else "▸" if one.nested else " "
        return [
            (f" {sign} {tick} ", style or "mark"),
            (f"{set_cell_size(safe(one.name), NAME)} ", style or "value"),
            (f"{size:<{SIZE}} ", "note"),
            (said, "label"),
        ]

    def _say_ticked(self) -> None:
        ticks = list(self._ticks.values())
        likes = bool(self._likes)
        line = groups_line(len(self._choice.people), ticks.count("add"), ticks.count("remove"), len(ticks) + likes)
        also = f" · {count_of(len(self._likes), 'attribute')}" if likes else ""
        partial_copy = "" if self._choice.complete else "\nThe cache of the groups is INCOMPLETE: there may be others."
        self._say(
            f"{line}{also}{partial_copy}" if self._listed else "No group is called so. Esc in the search clears it."
        )

    def _say(self, text: str, *, wrong: bool = False) -> None:
        notice = self.query_one("#notice", Static)
        notice.set_class(wrong, "-wrong")
        notice.update(text)

    # ------------------------------------------------------------------ ticking

    def _next(self, one: Standing, tick: str) -> str:
        """Return what a tick turns into: into the group, where somebody can come; then out of it; then nothing."""
        outside = self._choice.ids - one.direct - one.nested.keys()
        ways = ["", *(["add"] if outside else []), *(["remove"] if one.direct else [])]
        return ways[(ways.index(tick) + 1) % len(ways)] if tick in ways else ""

    def _tick(self) -> None:
        if not self._listed:
            return
        one = self._listed[self._list.cursor]
        if isinstance(one, Likeness):
            self._likes ^= {one.path}
        elif trouble := self._tick_group(one):
            self._say(trouble, wrong=True)
            return
        self._list.set_lines(_Lines(self._listed, self._line))
        self._list.move_to(self._list.cursor + 1)
        self._say_ticked()

    def _tick_group(self, one: Standing) -> str:
        """Tick a group once more; return why nobody can come or go there, "" where somebody can."""
        place = (one.type, one.id)
        before = self._ticks.pop(place, "")
        if tick := self._next(one, before):
            self._ticks[place] = tick
        return "" if tick or before else nested_words(one)

    def _search(self) -> None:
        self._field.focus()

    def _leave(self) -> None:
        if (self._ticks or self._likes) and not self._is_leaving and set(self._ticks) != self._choice.ticked:
            self._is_leaving = True
            self._say("Esc again forgets what is ticked")
        else:
            self.dismiss([])

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def _use(self) -> None:
        """Plan what is ticked; the dialog stays until that is done, so that no key falls between it and the preview."""
        if not self._ticks and not self._likes:
            self._say("Nothing is ticked yet; Space ticks", wrong=True)
            return
        changes = await asyncio.to_thread(self._plan)
        if changes:
            self.dismiss(changes)
        else:
            self._say("All of that is so already", wrong=True)

    def _plan(self) -> list[Change]:
        choice = self._choice
        wishes = [
            _wish(choice, one, self._ticks[one.type, one.id])
            for one in choice.standings
            if (one.type, one.id) in self._ticks
        ]
        changes = plan_groups(choice.session, wishes)
        chosen = [one for one in choice.likenesses if one.path in self._likes]
        kind = choice.session.provider.resource_type(choice.people[0].type)
        if chosen and kind is not None:
            changes.insert(0, plan_alike(choice.session, kind, choice.people[0].raw, chosen))
        return changes

    # ------------------------------------------------------------------ keys

    def _pressed(self, event: events.Key) -> bool:
        run = self._runs.get(event.key)
        if run is not None:
            self._is_leaving = self._is_leaving and run == self._leave
            run()
        return run is not None

    def _pressed_in_field(self, event: events.Key) -> bool:
        """Take a key of the search: it moves in the list, or goes there."""
        if event.key in ("enter", "down", "tab") or (event.key == "escape" and not self._field.value):
            self._list.focus()
        elif event.key == "escape":
            self._field.value = ""
        elif event.key == "ctrl+c":
            self._leave()
        else:
            return False
        return True

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self._list.move_to(0)
        self._show()

    @on(LineView.Chosen)
    def _clicked_twice(self, event: LineView.Chosen) -> None:
        event.stop()
        self._tick()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self._say(worker_error_line(event.worker.error), wrong=True)


def _wish(choice: Choice, one: Standing, tick: str) -> GroupWish:
    """Return who comes into a group or leaves it: nobody comes who is in it through another one."""
    if tick == "remove":
        return GroupWish(one.type, one.id, remove=_as_members(p for p in choice.people if p.id in one.direct))
    inside = one.direct | one.nested.keys()
    return GroupWish(one.type, one.id, add=_as_members(p for p in choice.people if p.id not in inside))


def _as_members(people: Iterable[Resource]) -> tuple[Member, ...]:
    return tuple(member_named(person.type, person.raw) for person in people)


# ---------------------------------------------------------------- opening


async def members_of_chosen(shell: Shell, session: Session, resource_type: ResourceType, ids: Sequence[str]) -> None:
    """Show the members of a group, or choose groups for one person or for several."""
    ids = [identity for identity in ids if identity]
    if not ids:
        shell.say(f"The provider sent no id for this {safe(resource_type.name)}, so it cannot be addressed", "warning")
    elif not has_members(resource_type):
        await _choose_groups(shell, session, resource_type, ids)
    elif len(ids) == 1:
        spec = {"view": "members", "tenant": session.tenant.name, "type": resource_type.name, "id": ids[0]}
        cast("ShellScreen", shell).open_tab(spec)
    else:
        shell.say("The members of one group at a time: take the marks away first", "warning")


async def _choose_groups(shell: Shell, session: Session, resource_type: ResourceType, ids: Sequence[str]) -> None:
    people = await asyncio.to_thread(cached_people, session, resource_type, ids)
    tenant = session.tenant
    who = safe(member_named(resource_type.name, people[0].raw).name) if len(people) == 1 else f"{len(people):,} people"
    title = f"{tenant_name(tenant)}: groups of {who}"
    found = await read_standings(session, people)
    complete = await asyncio.to_thread(are_complete, session)
    await choose(shell, Choice(session, title, tuple(people), found, complete))


async def choose(shell: Shell, choice: Choice) -> None:
    """Let groups be ticked, then preview and send."""
    from scimtui.tui.members.member_sending import send_members

    session = choice.session
    if reason := why_not(session, unlocked=shell.is_unlocked(session.tenant)):
        shell.say(f"Groups: {reason}", "warning")
        return
    if session.tenant.role == "helpdesk":
        choice = await asyncio.to_thread(_of_help_desk, choice)
    if not choice.standings and session.tenant.role == "helpdesk":
        shell.say(f"Groups: {NO_GROUP_OF_HELP_DESK}", "warning")
        return
    if not choice.standings and not choice.likenesses:
        way = "open its groups once" if session.tenant.cache == "off" else "R syncs every type"
        shell.say(f"No group of this tenant is known here yet: {way}", "warning")
        return
    if session.dialect.shows_members is False:
        shell.say(NOT_SHOWN, "warning")
    changes = await shown(shell, GroupsDialog(choice))
    if changes:
        await send_members(shell, session, changes)


def _of_help_desk(choice: Choice) -> Choice:
    """Return what the help desk may choose from: its own groups, and nothing of a person's work. Blocks for the disk."""
    own = changeable(choice.session, choice.standings)
    title = f"{choice.title} (help desk: {len(own):,} of {len(choice.standings):,})"
    return replace(choice, standings=own, likenesses=(), title=title)


def cached_people(session: Session, resource_type: ResourceType, ids: Sequence[str]) -> list[Resource]:
    """Return those of these ids that are in the cache. Blocks for the disk.

    Raises:
        UsageError: none is.
    """
    found = [browse.resource(session, resource_type.name, one) for one in ids]
    people = [one for one in found if one is not None]
    if not people:
        raise UsageError("this resource is not in the cache any more", "press r to sync")
    return people


async def read_standings(session: Session, people: Sequence[Resource]) -> list[Standing]:
    """Return all groups with those of the people that are in them."""
    return await asyncio.to_thread(standings, session, {one.id: one.raw for one in people})
