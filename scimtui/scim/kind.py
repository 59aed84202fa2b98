"""What a change does to a resource."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a change does, as far as roles and limits tell changes apart."""

    EDIT = "edit"
    CREATE = "create"
    DELETE = "delete"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    ADD_MEMBERS = "add-members"
    REMOVE_MEMBERS = "remove-members"
