"""Everything a person can do, once: bindings, key bar, palette, help, docs and remapping are read from here.

An action is carried out by the method `do_<id>` of the open view or, if the view has none, of the shell. Why it can't
be carried out now is said by `why_not(id)` of the same two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.binding import Binding

from scimtui.errors import ConfigError
from scimtui.tui.action import Action, Where
from scimtui.tui.action_table import ACTIONS

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
    "greater_than_sign": ">", "less_than_sign": "<", "plus": "+", "minus": "-", "delete": "Del",
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
