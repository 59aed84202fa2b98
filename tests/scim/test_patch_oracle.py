"""Our operations on schemas that nobody has ever seen, applied by us and by scim2-models."""

from __future__ import annotations

import copy
import json
from typing import Any

from generated_resources import THOROUGH
from generated_schemas import Pair, pairs, scim2_model
from hypothesis import given
from scim2_models import PatchOp, ScimPolicy

from scimtui.scim.diff import edits, patch_operations
from scimtui.scim.patch import apply_operations
from scimtui.scim.resource import is_empty

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


def judged(model_type: Any, before: dict[str, Any], after: dict[str, Any], operations: list[dict[str, Any]]) -> None:
    """Let scim2-models apply the operations and compare with what was wanted."""
    resource = model_type.model_validate(copy.deepcopy(before))
    if operations:
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}
        PatchOp[model_type].model_validate(body).patch(resource)
    assert state(resource) == state(model_type.model_validate(copy.deepcopy(after)))


@given(pair=pairs())
@THOROUGH
def test_our_operations_lead_scim2_models_to_the_wanted_state(pair: Pair):
    operations = patch_operations(pair.before, pair.after, pair.resource_type)
    judged(scim2_model(pair.documents), pair.before, pair.after, operations)


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
