"""The recipe of offboarding in the config."""

from __future__ import annotations

from pathlib import Path

import pytest

from scimtui.config import config_problems, load_config
from scimtui.config.recipe import (
    VERBS,
    AddToGroup,
    Clear,
    Deactivate,
    HandOverReports,
    RemoveFromGroups,
    SetValues,
    recipe_steps,
    verb_of,
)
from scimtui.errors import ConfigError

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
ACME = '[tenants.acme]\nbase_url = "https://acme.example.com/scim"\n'


def test_the_example_shows_every_step_and_they_are_read_in_their_order():
    steps = recipe_steps(load_config(EXAMPLE).tenant("acme").recipe)
    assert steps == (
        Deactivate(),
        RemoveFromGroups(None, ("Alumni",)),
        AddToGroup("Blocked"),
        HandOverReports("manager"),
        Clear(("entitlements", "roles")),
        SetValues((("title", "Left {date}"),)),
    )
    assert {verb_of(step) for step in steps} == set(VERBS)


def test_a_recipe_may_be_for_all_tenants_and_one_tenant_may_have_its_own(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(
        f'[defaults.recipe]\nsteps = [{{ remove_from_groups = ["VPN"] }}]\n{ACME}[tenants.other]\n'
        'base_url = "https://x"\nrecipe = { steps = ["deactivate"] }\n'
    )
    tenants = load_config(path).tenants
    assert recipe_steps(tenants["acme"].recipe) == (RemoveFromGroups(("VPN",)),)
    assert recipe_steps(tenants["other"].recipe) == recipe_steps({}) == (Deactivate(),)


@pytest.mark.parametrize(
    ("steps", "what", "hint"),
    [
        ('["deactivat"]', "step 1: there is no such step", "did you mean deactivate?"),
        ('["s3cr3t"]', "step 1: there is no such step", "known steps: deactivate, remove_from_groups"),
        ('["clear"]', "step 1: clear needs a value", "write { clear = a list of attributes }"),
        ('["deactivate", { remove_from_group = "all" }]', "step 2: remove_from_group is no step", "remove_from_groups?"),
        ('[{ remove_from_groups = "VPN" }]', 'step 1: remove_from_groups must be "all", or a list', "mend"),
        ("[{ remove_from_groups = [] }]", "step 1: remove_from_groups is empty", "or leave the step out"),
        ('[{ remove_from_groups = ["a"], keep_groups = ["b"] }]', "step 1: keep_groups goes with", "leave the groups"),
        ('[{ keep_groups = ["b"] }]', "step 1: nothing is said to be done", "known steps"),
        ('[{ add_to_group = ["b"] }]', "step 1: add_to_group must be the name of one group", "mend"),
        ('[{ clear = ["roles"], set = { title = "x" } }]', "step 1: clear and set are two steps", "its own { … }"),
        ('[{ clear = ["password"] }]', "step 1: a password never stands in the config", "console"),
        ('[{ set = { title = "{dat}" } }]', "step 1: set.title: what stands in braces", "did you mean {date}?"),
        ('[{ set = { title = "{x}" } }]', "step 1: set.title: what stands in braces", "there are {date} and {reason}"),
        ('[{ set = { title = ["x"] } }]', "step 1: set must be a table such as", "mend"),
        ('[{ deactivate = "deactivate" }]', "step 1: deactivate stands by itself", "without braces"),
        ('["deactivate", "deactivate"]', "deactivate stands there twice", "leave one"),
        ("[7]", "step 1: must be a word or a table", "known steps"),
        ("[]", "must be a list of one or more steps", "leave the recipe away"),
        ("7", "must be a list of one or more steps", "leave the recipe away"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_its_line_its_step_and_the_nearest_known_one(tmp_path, steps, what, hint):
    path = tmp_path / "config.toml"
    path.write_text(f"{ACME}[tenants.acme.recipe]\nsteps = {steps}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert caught.value.message.startswith(f"{path}, line 4: tenants.acme.recipe.steps: {what}")
    assert hint in caught.value.hint
    assert "s3cr3t" not in caught.value.message + caught.value.hint


def test_every_mistake_is_listed(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(f'{ACME}recipe = {{ stepz = [], steps = ["deactivat", {{ cler = [] }}] }}\n')
    told = [(one.message.partition(": ")[2], one.hint) for one in config_problems(path)]
    assert told == [
        ("tenants.acme.recipe.stepz: is no key of this table", "did you mean steps?"),
        ("tenants.acme.recipe.steps: step 1: there is no such step", "did you mean deactivate?"),
        ("tenants.acme.recipe.steps: step 2: cler is no step", "did you mean clear?"),
    ]
