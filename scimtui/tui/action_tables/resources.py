"""The actions on one resource, in its form, and on the members of a group."""

from __future__ import annotations

from scimtui.scim.kind import Kind
from scimtui.tui.action import Action, Danger, Where

RESOURCES: tuple[Action, ...] = (
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
        (Where.TABLE, Where.RESOURCE, Where.JOURNAL, Where.PERSON),
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
        needs=Kind.EDIT,
    ),
    Action(
        "edit_external",
        "In $EDITOR",
        ("E", "f3"),
        "Edit the whole resource as JSON in $VISUAL or $EDITOR; what comes back is previewed.",
        (Where.TABLE, Where.RESOURCE, Where.FORM),
        Danger.WRITE,
        needs=Kind.EDIT,
    ),
    Action("add_element", "Add", ("ctrl+n",), "Add a value to the list.", (Where.FORM,), bar=3),
    Action("remove_element", "Remove", ("ctrl+d",), "Remove this value from its list.", (Where.FORM,), bar=4),
    Action("revert", "Undo field", ("ctrl+z",), "Put the field back to what it was.", (Where.FORM,), bar=5),
    Action(
        "add_members",
        "Add",
        ("plus",),
        "Look for people and groups, or paste a list, and stage them.",
        (Where.MEMBERS,),
        Danger.WRITE,
        bar=2,
        needs=Kind.ADD_MEMBERS,
    ),
    Action(
        "remove_members",
        "Remove",
        ("minus", "delete"),
        "Stage the marked members to leave, or the one under the cursor; once more and they stay.",
        (Where.MEMBERS,),
        Danger.WRITE,
        bar=3,
        needs=Kind.REMOVE_MEMBERS,
    ),
    Action("unstage", "Take back", ("u",), "Stage nothing any more; nothing was sent.", (Where.MEMBERS,), bar=5),
)
