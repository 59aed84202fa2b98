"""Everything a person can do, once: bindings, key bar, palette, help, docs and remapping are read from here.

An action is carried out by the method `do_<id>` of the open view or, if the view has none, of the shell. Why it can't
be carried out now is said by `why_not(id)` of the same two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding

from scimtui.errors import ConfigError


class Where(StrEnum):
    """Where an action is at home."""

    EVERYWHERE = "everywhere"
    TABLE = "table"
    RESOURCE = "resource"
    FORM = "form"
    COMPARE = "compare"
    REQUESTS = "requests"
    JOURNAL = "journal"
    MEMBERS = "members"


class Danger(StrEnum):
    """What an action can do to a provider."""

    NONE = "none"
    WRITE = "write"
    """Changes something there, after a question."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do."""

    id: str
    title: str
    """For the key bar and the palette: one or two words."""
    keys: tuple[str, ...]
    """Textual key names; the first is the one that is shown."""
    help: str
    """One sentence for `?`."""
    where: tuple[Where, ...] = (Where.EVERYWHERE,)
    danger: Danger = Danger.NONE
    bar: int = 0
    """Place in the key bar by importance, 1 first; 0: not in the bar."""


ACTIONS: tuple[Action, ...] = (
    # the table
    Action(
        "open",
        "Open",
        ("enter",),
        "Open the resource, the pair of a comparison, or the details of a write.",
        (Where.TABLE, Where.COMPARE, Where.JOURNAL, Where.MEMBERS),
        bar=1,
    ),
    Action(
        "edit",
        "Edit",
        ("e",),
        "Edit in a form; nothing is sent before the preview.",
        (Where.TABLE, Where.RESOURCE),
        Danger.WRITE,
        bar=2,
    ),
    Action(
        "toggle_active",
        "Deactivate",
        ("d",),
        "Deactivate, or activate again; asks first.",
        (Where.TABLE, Where.RESOURCE),
        Danger.WRITE,
        bar=3,
    ),
    Action("new", "New", ("n",), "Create a resource of this type.", (Where.TABLE,), Danger.WRITE, bar=7),
    Action(
        "filter",
        "Filter",
        ("slash",),
        "Filter by words or by a SCIM filter; Enter goes to the table, Esc clears.",
        (Where.TABLE, Where.COMPARE, Where.JOURNAL, Where.MEMBERS),
        bar=4,
    ),
    Action(
        "builder",
        "Build a filter",
        ("ctrl+b", "f4"),
        "Build a SCIM filter from choices; it goes into the filter bar.",
        (Where.TABLE,),
    ),
    Action(
        "ask_provider",
        "Ask the provider",
        ("ctrl+l",),
        "Browse live, with this filter: the provider is asked, in a tab beside the table.",
        (Where.TABLE,),
    ),
    Action(
        "mark",
        "Mark",
        ("space",),
        "Mark the row; actions then take all marked rows.",
        (Where.TABLE, Where.JOURNAL, Where.MEMBERS),
    ),
    Action(
        "mark_range",
        "Range",
        ("V",),
        "Mark from the last marked row to this one.",
        (Where.TABLE, Where.JOURNAL, Where.MEMBERS),
    ),
    Action(
        "mark_all",
        "Mark all",
        ("asterisk",),
        "Mark all rows shown, or none.",
        (Where.TABLE, Where.JOURNAL, Where.MEMBERS),
    ),
    Action(
        "members",
        "Members",
        ("m",),
        "Show the members of a group, or tick the groups of a person, or of all who are marked.",
        (Where.TABLE, Where.RESOURCE),
        Danger.WRITE,
        bar=4,
    ),
    Action(
        "colleague",
        "Make alike",
        ("M",),
        "Give a person the groups of a colleague; what is ticked is previewed first.",
        (Where.TABLE, Where.RESOURCE),
        Danger.WRITE,
    ),
    Action("sort", "Sort", ("s",), "Sort by the next column.", (Where.TABLE, Where.COMPARE)),
    Action("reverse", "Reverse", ("S",), "Turn the order round.", (Where.TABLE, Where.COMPARE)),
    Action("columns", "Columns", ("f",), "Choose columns, their order and width, and what to sort by.", (Where.TABLE,)),
    Action("activity", "Active only", ("i",), "Show active ones only, inactive ones only, or all.", (Where.TABLE,)),
    Action("views", "Views", ("v",), "Take a saved view, or save this one under a name.", (Where.TABLE,)),
    Action(
        "copy",
        "Copy",
        ("c",),
        "Copy the name of the resource, the request for curl, or the write, to the clipboard.",
        (Where.TABLE, Where.RESOURCE, Where.COMPARE, Where.REQUESTS, Where.JOURNAL, Where.MEMBERS),
        bar=13,
    ),
    Action(
        "copy_as",
        "Copy as",
        ("C",),
        "Choose what to copy: a value, the row, marked rows, a whole column, JSON, id, URL, command.",
        (Where.TABLE, Where.RESOURCE),
    ),
    Action(
        "delete",
        "Delete",
        ("X",),
        "Delete this one resource; its name is typed first. Never many at once.",
        (Where.TABLE, Where.RESOURCE),
        Danger.WRITE,
    ),
    Action(
        "set_password",
        "Password",
        ("P",),
        "Set a new password, typed twice or made up; the request is shown first.",
        (Where.TABLE, Where.RESOURCE),
        Danger.WRITE,
    ),
    Action("export", "Export", ("x",), "Write the rows shown, or those marked, into a file.", (Where.TABLE,), bar=14),
    Action("facets", "Facets", ("F",), "Count the rows shown by their values, and narrow to one.", (Where.TABLE,)),
    Action("lookup", "Look up", ("U",), "Look up a list of names, e-mails or ids; marks who is found.", (Where.TABLE,)),
    # a resource
    Action(
        "find",
        "Find",
        ("slash",),
        "Narrow the details to some letters, or search in the JSON.",
        (Where.RESOURCE,),
        bar=4,
    ),
    Action("find_next", "Next match", ("n",), "Go to the next line that was found.", (Where.RESOURCE,)),
    Action("find_previous", "Match before", ("N",), "Go to the one before.", (Where.RESOURCE,)),
    Action(
        "json",
        "JSON",
        ("y",),
        "Show the raw JSON, or the attributes again.",
        (Where.TABLE, Where.RESOURCE, Where.JOURNAL),
        bar=6,
    ),
    Action(
        "send",
        "Preview",
        ("ctrl+s",),
        "Show what would be sent, then send it.",
        (Where.FORM, Where.MEMBERS),
        Danger.WRITE,
        bar=1,
    ),
    Action(
        "choose",
        "Choose",
        ("f4", "alt+down"),
        "Look for whom the field names, list what fits there, or show what is typed masked.",
        (Where.FORM,),
        bar=2,
    ),
    Action("all_lines", "All lines", ("ctrl+e",), "Show every line of a text, to be changed.", (Where.FORM,)),
    Action(
        "edit_json",
        "Edit JSON",
        ("f2",),
        "Edit the whole resource as JSON, attributes of no schema too; or go back to the fields.",
        (Where.FORM, Where.RESOURCE),
        Danger.WRITE,
        bar=6,
    ),
    Action(
        "edit_external",
        "In $EDITOR",
        ("E", "f3"),
        "Edit the whole resource as JSON in $VISUAL or $EDITOR; what comes back is previewed.",
        (Where.TABLE, Where.RESOURCE, Where.FORM),
        Danger.WRITE,
    ),
    Action("add_element", "Add", ("ctrl+n",), "Add a value to the list.", (Where.FORM,), bar=3),
    Action("remove_element", "Remove", ("ctrl+d",), "Remove this value from its list.", (Where.FORM,), bar=4),
    Action("revert", "Undo field", ("ctrl+z",), "Put the field back to what it was.", (Where.FORM,), bar=5),
    # the members of a group
    Action(
        "add_members",
        "Add",
        ("plus",),
        "Look for people and groups, or paste a list, and stage them.",
        (Where.MEMBERS,),
        Danger.WRITE,
        bar=2,
    ),
    Action(
        "remove_members",
        "Remove",
        ("minus", "delete"),
        "Stage the marked members to leave, or the one under the cursor; once more and they stay.",
        (Where.MEMBERS,),
        Danger.WRITE,
        bar=3,
    ),
    Action("unstage", "Take back", ("u",), "Stage nothing any more; nothing was sent.", (Where.MEMBERS,), bar=5),
    # a comparison
    Action("next_difference", "Next", ("n",), "Go to the next person or group that differs.", (Where.COMPARE,), bar=2),
    Action("previous_difference", "Previous", ("N",), "Go to the one before.", (Where.COMPARE,)),
    Action("equal", "Equal ones", ("equals_sign",), "Show or hide what is equal.", (Where.COMPARE,), bar=3),
    Action(
        "next_kind",
        "Next kind",
        ("full_stop",),
        "Differs, only left, only right, same, ambiguous.",
        (Where.COMPARE,),
        bar=5,
    ),
    Action("previous_kind", "Previous kind", ("comma",), "The kind before.", (Where.COMPARE,)),
    # the journal
    Action(
        "look_up_outcome",
        "Look up",
        ("u",),
        "Look at the provider what became of a write that nobody knows the end of; nothing is sent again.",
        (Where.JOURNAL,),
        bar=2,
    ),
    Action(
        "verify_journal", "Verify", ("v",), "Prove that no line of the journal was changed.", (Where.JOURNAL,), bar=3
    ),
    Action(
        "all_tenants",
        "All tenants",
        ("a",),
        "Show what was written to all tenants, or to this.",
        (Where.JOURNAL,),
        bar=7,
    ),
    # everywhere
    Action("refresh", "Refresh", ("r",), "Sync this type again, or read this resource again.", bar=8),
    Action("full_sync", "Sync all", ("R",), "Sync every type of this tenant from the beginning."),
    Action("compare", "Compare", ("D",), "Compare this tenant with another one.", bar=9),
    Action(
        "lock", "Lock", ("exclamation_mark",), "Unlock a read-only production tenant for a while, or lock it again."
    ),
    Action("tenants", "Tenants", ("t",), "Go to the tenants and types at the left."),
    Action("sidebar", "Sidebar", ("b",), "Show or hide the tenants at the left."),
    Action("peek", "Peek", ("p",), "Show or hide the details beside the table.", bar=10),
    Action("next_pane", "Next pane", ("tab",), "Go to the next pane."),
    Action("previous_pane", "Previous pane", ("shift+tab",), "Go to the pane before."),
    Action("wider", "Wider", ("ctrl+right",), "Make the sidebar, or the details, wider."),
    Action("narrower", "Narrower", ("ctrl+left",), "Make them narrower."),
    Action("previous_tab", "Previous tab", ("left_square_bracket",), "Go to the tab at the left."),
    Action("next_tab", "Next tab", ("right_square_bracket",), "Go to the tab at the right."),
    Action("type_1", "First type", ("1",), "Open the first resource type of this tenant; 2 to 9 the others."),
    *(Action(f"type_{n}", f"Type {n}", (str(n),), f"Open resource type {n} of this tenant.") for n in range(2, 10)),
    Action("requests", "Requests", ("L",), "Show the last requests to this tenant, and what came back."),
    Action("journal", "Journal", ("J",), "Show what was written to this tenant, by whom and why, and how it ended."),
    Action(
        "history",
        "History",
        ("H",),
        "Show what was written to this resource from here, the newest first.",
        (Where.TABLE, Where.RESOURCE),
    ),
    Action(
        "undo",
        "Undo",
        ("z",),
        "Take back the last write of this session to this resource or tenant, or the writes chosen in the journal.",
        (Where.TABLE, Where.RESOURCE, Where.JOURNAL),
        Danger.WRITE,
    ),
    Action("check", "Check", ("K",), "Ask the provider what it really does; nothing is written there."),
    Action("add_tenant", "Add tenant", ("ctrl+t",), "Add a tenant to the config."),
    Action("theme", "Theme", ("f9",), "Choose colours."),
    Action("jump", "Jump", ("ctrl+o",), "Put a letter on every pane and tab; press one to go there."),
    Action("palette", "Commands", ("colon", "ctrl+p"), "Find any command by its name.", bar=11),
    Action("cancel", "Cancel", ("ctrl+c",), "Stop what is running; never quits."),
    Action("back", "Back", ("q",), "Close the tab; at the last one quit.", bar=12),
    Action("leave", "Leave", ("escape",), "Leave the field, the form or the tab; never quits."),
    Action("help", "Help", ("question_mark", "f1"), "Show every key.", bar=5),
)

BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}


def bindings_for(where: Where) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """Return the bindings of one place, for the BINDINGS of its widget. The action's id is the binding's id."""
    return [
        Binding(",".join(action.keys), f"screen.run('{action.id}')", action.title, show=False, id=action.id)
        for action in ACTIONS
        if where in action.where
    ]


def actions_for(places: Iterable[Where]) -> list[Action]:
    """Return the actions that can be reached in these places, most specific first."""
    return [action for place in places for action in ACTIONS if place in action.where]


def check_keymap(keys: Mapping[str, str]) -> None:
    """Check the `[keys]` of a config: each id exists and no key is given twice in one place.

    Raises:
        ConfigError: names the id and what is wrong. Textual itself ignores such mistakes in silence.
    """
    for unknown in keys.keys() - BY_ID.keys():
        raise ConfigError(f"[keys] {unknown}: there is no such action", "the ids stand in the help, key ?")
    for where in Where:
        taken: dict[str, str] = {}
        for action in ACTIONS:
            if where not in action.where:
                continue
            for key in keys[action.id].split(",") if action.id in keys else action.keys:
                if (other := taken.setdefault(key.strip(), action.id)) != action.id:
                    raise ConfigError(
                        f"[keys] {key.strip()}: both {other} and {action.id} want it", "choose another key"
                    )


_SHOWN = {
    "slash": "/", "question_mark": "?", "colon": ":", "space": "Space", "asterisk": "*", "equals_sign": "=",
    "plus": "+", "minus": "-", "delete": "Del",
    "exclamation_mark": "!", "full_stop": ".", "comma": ",", "left_square_bracket": "[", "right_square_bracket": "]",
    "enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "⇧Tab", "f1": "F1", "f2": "F2", "f3": "F3", "f4": "F4", "f9": "F9",
}  # fmt: skip


def shown_key(key: str) -> str:
    """Return a key as people write it: `^S` for ctrl+s, `/` for slash."""
    if key in _SHOWN:
        return _SHOWN[key]
    if key.startswith("ctrl+"):
        rest = key.removeprefix("ctrl+")
        return f"^{rest.upper() if len(rest) == 1 else {'left': '←', 'right': '→'}.get(rest, rest)}"
    return key
