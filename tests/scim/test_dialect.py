from __future__ import annotations

import dataclasses

import pytest

from scimtui.scim.dialect import RFC, Deactivation, Deletion, Dialect, Filters, MemberRemoval, Paging


def test_a_provider_is_taken_at_the_rfcs_word_and_nothing_unknown_for_yes():
    assert Dialect() == RFC
    assert (RFC.paging, RFC.filters, RFC.member_removal) == (Paging.AUTO, Filters.ALL, MemberRemoval.FILTER)
    assert (RFC.can_patch, RFC.lists_members, RFC.if_match) == (None, None, None)
    assert (RFC.deactivation, RFC.deletion) == (Deactivation.UNKNOWN, Deletion.UNKNOWN)
    assert not RFC.capital_ops
    assert not RFC.pathless


def test_a_dialect_is_a_value():
    with pytest.raises(dataclasses.FrozenInstanceError):
        RFC.page_size = 5
    assert dataclasses.replace(RFC, page_size=5) != RFC
    assert hash(RFC) == hash(Dialect())
