"""The actions that count in every tab, and those on the journal."""

from __future__ import annotations

from scimtui.tui.action import Action, Danger, Where

EVERYWHERE: tuple[Action, ...] = (
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
    Action("refresh", "Refresh", ("r",), "Sync this type again, or read this resource again.", bar=8),
    Action("full_sync", "Sync all", ("R",), "Sync every type of this tenant from the beginning."),
    Action(
        "find_people", "Find people", ("ctrl+f",), "Look for a person by name in all tenants; Enter shows all accounts."
    ),
    Action(
        "people_list",
        "People from a list",
        ("O",),
        "Paste a list of people or name a file: see whom it means in all tenants, then deactivate or offboard them.",
        danger=Danger.WRITE,
    ),
    Action(
        "compare", "Compare", ("D",), "Compare this tenant with another one, an earlier copy of it, or a file.", bar=9
    ),
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
        (Where.TABLE, Where.RESOURCE, Where.JOURNAL, Where.PERSON),
        Danger.WRITE,
    ),
    Action(
        "waiting",
        "Waiting",
        ("Q",),
        "Show what waits for tenants that did not answer; try it again or forget it.",
    ),
    Action(
        "hold_batch", "Hold", ("ctrl+g",), "Hold the changes that are being sent, or let them go on; ^C stops them."
    ),
    Action("check", "Check", ("K",), "Ask the provider what it really does; nothing is written there."),
    Action(
        "snapshots",
        "Earlier copies",
        ("T",),
        "Show the earlier copies of this tenant, and what changed from one to the next.",
    ),
    Action("add_tenant", "Add tenant", ("ctrl+t",), "Add a tenant to the config."),
    Action("theme", "Theme", ("f9",), "Choose colours."),
    Action("jump", "Jump", ("ctrl+o",), "Put a letter on every pane and tab; press one to go there."),
    Action("palette", "Commands", ("colon", "ctrl+p"), "Find any command by its name.", bar=11),
    Action("cancel", "Cancel", ("ctrl+c",), "Stop what is running; never quits."),
    Action("back", "Back", ("q",), "Close the tab; at the last one quit.", bar=12),
    Action("leave", "Leave", ("escape",), "Leave the field, the form or the tab; never quits."),
    Action("help", "Help", ("question_mark", "f1"), "Show every key.", bar=5),
)
