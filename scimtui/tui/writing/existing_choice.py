"""What to do where a new resource was refused because somebody has a value of it already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.present.cells import safe
from scimtui.present.changes import existing_line
from scimtui.present.conflicts import MOST_NAMED
from scimtui.present.wording import tenant_name
from scimtui.scim.resource import natural_key
from scimtui.tui.dialogs.choice_dialog import ChoiceDialog

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.receipts import Existing, Receipt

OPEN = "open"
ACTIVATE = "activate"
BACK = "back"


def existing_dialog(tenant: Tenant, receipt: Receipt) -> ChoiceDialog:
    """Return the dialog that offers to open each of them, or to activate who is inactive."""
    choices: list[tuple[str, str]] = []
    for number, found in enumerate(receipt.existing[:MOST_NAMED]):
        name = safe(natural_key(found.resource.raw))
        choices.append((f"{OPEN} {number}", f"Open: {existing_line(found)}"))
        if found.active is False:
            choices.append((f"{ACTIVATE} {number}", f"Activate {name} again; the request is shown first"))
    choices.append((BACK, "Back to the form, which is as you left it"))
    return ChoiceDialog(f"{tenant_name(tenant)} has it already", choices)


def chosen(receipt: Receipt, option: str | None) -> tuple[str, Existing] | None:
    """Return what was chosen, and of whom; None for the way back."""
    if option is None or option == BACK:
        return None
    verb, _, number = option.partition(" ")
    return verb, receipt.existing[int(number)]
