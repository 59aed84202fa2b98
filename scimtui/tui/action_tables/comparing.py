"""The actions on what is compared: two sides, all tenants, a tenant and a list of people."""

from __future__ import annotations

from scimtui.tui.action import Action, Danger, Where

COMPARING: tuple[Action, ...] = (
    Action("next_difference", "Next", ("n",), "Go to the next person or group that differs.", (Where.COMPARE,), bar=2),
    Action("previous_difference", "Previous", ("N",), "Go to the one before.", (Where.COMPARE,)),
    Action("equal", "Equal ones", ("equals_sign",), "Show or hide what is equal.", (Where.COMPARE,), bar=3),
    Action(
        "next_kind",
        "Next kind",
        ("full_stop",),
        "The next kind of what was found, or the next pattern.",
        (Where.COMPARE, Where.PRESENCE, Where.RECONCILE),
        bar=4,
    ),
    Action(
        "previous_kind",
        "Previous kind",
        ("comma",),
        "The kind before.",
        (Where.COMPARE, Where.PRESENCE, Where.RECONCILE),
    ),
    Action(
        "one_attribute",
        "Attribute",
        ("a",),
        "Look at one attribute over all people, or at all attributes again.",
        (Where.COMPARE,),
        bar=3,
    ),
    Action(
        "compare_rules",
        "Rules",
        ("f",),
        "Change what pairs people, what is left out, and who is compared; for this tab or in the config.",
        (Where.COMPARE,),
        bar=5,
    ),
    Action("swap_sides", "Swap", ("w",), "Change the left and the right side over.", (Where.COMPARE,), bar=6),
    Action(
        "stage_right",
        "Stage right",
        ("greater_than_sign",),
        "Stage the marked, or the one under the cursor, to be made on the right as on the left; once more and they are not.",
        (Where.COMPARE,),
        bar=7,
    ),
    Action(
        "stage_left",
        "Stage left",
        ("less_than_sign",),
        "Stage them to be made on the left as on the right.",
        (Where.COMPARE,),
    ),
    Action(
        "report",
        "Report",
        ("x",),
        "Write the comparison into a file: a page to read and print, CSV or JSON.",
        (Where.COMPARE,),
        bar=14,
    ),
    Action(
        "promotion",
        "Plan",
        ("P",),
        "Show what makes those who are staged alike; it is sent after a preview, or written to a file.",
        (Where.COMPARE,),
        Danger.WRITE,
        bar=8,
    ),
    Action("presence", "Presence", ("W",), "Show who is in which tenant: active, inactive, missing or different."),
    Action(
        "patterns",
        "Patterns",
        ("F",),
        "Choose by a list in words how people stand in the tenants.",
        (Where.PRESENCE,),
        bar=2,
    ),
    Action(
        "reconcile",
        "Reconcile",
        ("Y",),
        "Find who should have no account in a tenant, by a file of HR or by another tenant, and who should.",
    ),
)
