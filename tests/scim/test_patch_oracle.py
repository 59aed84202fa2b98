"""Our operations on schemas that nobody has ever seen, applied by us and by scim2-models."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from generated.operations import operations_on
from generated.resources import THOROUGH
from generated.schemas import Pair, pairs, scim2_model
from hypothesis import given, strategies as st
from pydantic import ValidationError
from scim2_models import NoTargetException, PatchOp, SCIMException, ScimPolicy, User

from scimtui.errors import PatchError
from scimtui.scim.dialect import Dialect, MemberRemoval
from scimtui.scim.diff import edits, patch_operations
from scimtui.scim.patch import apply_operations
from scimtui.scim.resource import is_empty
from scimtui.scim.schema import core_resource_type
from scimtui.scim.write_requests import PATCH_OP

USER = core_resource_type("User")
TOLERANT = ScimPolicy(unknown=ScimPolicy.Unknown.keep)


def form(value: Any) -> Any:
    """A value of which only the meaning counts: no empty ones, no `primary: false`, lists as sets (RFC 7643 2.4, 2.5)."""
    if isinstance(value, dict):
        shown = {name: form(inner) for name, inner in value.items() if (name, inner) != ("primary", False)}
        return {name: inner for name, inner in shown.items() if not is_empty(inner)}
    if isinstance(value, list):
        return sorted({json.dumps(found, sort_keys=True) for found in map(form, value) if not is_empty(found)})
    return value


def state(model: Any) -> Any:
    found = model.model_dump(scim_policy=TOLERANT)
    return form({name: value for name, value in found.items() if name not in {"meta", "schemas"}})


def patch(model: Any, model_type: Any, operations: list[dict[str, Any]]) -> None:
    body = {"schemas": [PATCH_OP], "Operations": copy.deepcopy(operations)}
    PatchOp[model_type].model_validate(body).patch(model)


def judged(model_type: Any, before: dict[str, Any], after: dict[str, Any], operations: list[dict[str, Any]]) -> None:
    """Let scim2-models apply the operations and compare with what was wanted."""
    resource = model_type.model_validate(copy.deepcopy(before))
    if operations:
        patch(resource, model_type, operations)
    assert state(resource) == state(model_type.model_validate(copy.deepcopy(after)))


@given(pair=pairs())
@THOROUGH
def test_our_operations_lead_scim2_models_to_the_wanted_state(pair: Pair):
    operations = patch_operations(pair.before, pair.after, pair.resource_type)
    judged(scim2_model(pair.documents), pair.before, pair.after, operations)


DIALECTS = st.builds(
    Dialect,
    pathless=st.booleans(),
    value_filters=st.booleans(),
    capital_ops=st.booleans(),
    member_removal=st.sampled_from(MemberRemoval),
)


@given(pair=pairs(), dialect=DIALECTS)
@THOROUGH
@pytest.mark.rule("R40")
def test_a_dialect_changes_the_form_of_operations_and_never_what_they_mean(pair: Pair, dialect: Dialect):
    operations = patch_operations(pair.before, pair.after, pair.resource_type, dialect)
    assert edits(apply_operations(pair.before, operations, pair.resource_type), pair.after, pair.resource_type) == ()
    judged(scim2_model(pair.documents), pair.before, pair.after, operations)
    assert all(one["op"].istitle() == dialect.capital_ops for one in operations)
    if not dialect.value_filters:
        assert not any("[" in one.get("path", "") for one in operations)


@given(pair=pairs())
@THOROUGH
def test_our_operations_applied_here_lead_to_the_wanted_state(pair: Pair):
    before = copy.deepcopy(pair.before)
    operations = patch_operations(pair.before, pair.after, pair.resource_type)
    result = apply_operations(pair.before, operations, pair.resource_type)
    assert edits(result, pair.after, pair.resource_type) == ()
    assert form(result) == form({**pair.after, "schemas": result["schemas"]})
    assert bool(operations) == bool(edits(pair.before, pair.after, pair.resource_type))
    assert pair.before == before


@given(data=st.data())
@THOROUGH
def test_any_operations_make_of_a_resource_what_scim2_models_makes_of_it(data: st.DataObject):
    """One thing is decided otherwise here: an `add` whose filter matches nothing creates the element, since RFC 7644

    section 3.5.2.1 adds what does not exist, and asks for noTarget in section 3.5.2.3, for `replace`, alone.
    """
    pair = data.draw(pairs(fixed=True))
    operations = data.draw(operations_on(pair))
    kept = copy.deepcopy((pair.before, operations))
    model_type = scim2_model(pair.documents)
    theirs = model_type.model_validate(copy.deepcopy(pair.before))
    is_created = any(one["op"] == "add" and "[" in one.get("path", "") for one in operations)
    try:
        ours = apply_operations(pair.before, operations, pair.resource_type)
    except PatchError:
        with pytest.raises((SCIMException, ValidationError)):
            patch(theirs, model_type, operations)
    else:
        try:
            patch(theirs, model_type, operations)
        except NoTargetException:
            assert is_created
        else:
            assert state(model_type.model_validate(ours)) == state(theirs)
    assert (pair.before, operations) == kept


@pytest.mark.rule("M4")
def test_an_element_that_a_filter_chooses_is_replaced_with_all_its_parts():
    """Decided otherwise than by scim2-models, which keeps parts that the new element does not state.

    RFC 7644 section 3.5.2.3: "all matching record values SHALL be replaced".
    """
    before = {"emails": [{"value": "a@example.org", "type": "work", "display": "A"}]}
    operations = [
        {"op": "replace", "path": 'emails[type eq "work"]', "value": {"value": "b@example.org", "type": "work"}}
    ]
    user = User.model_validate({"userName": "ann", **before})
    patch(user, User, operations)
    assert state(user)["emails"] == form([{"value": "b@example.org", "type": "work", "display": "A"}])
    assert apply_operations(before, operations, USER)["emails"] == [{"value": "b@example.org", "type": "work"}]
