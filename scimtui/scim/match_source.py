"""Writes a plan as one Python function, which asks a resource in about a microsecond.

The function knows one form of each value: the key spelled as in the schema, the JSON type that the schema names. Where
it meets another form, it calls the steps of `match_steps`, so both mean the same for any JSON. Nothing of the filter's
text enters the source: names and literals are handed in as global names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import CodeType
from typing import Any, cast

from scimtui.scim.expression import SUBSTRING, Operator
from scimtui.scim.literal import Form, Literal, fold, literal_test
from scimtui.scim.match_plan import Every, Inside, Opposite, Plan, Presence, Some, Values
from scimtui.scim.match_steps import PRESENCE, Match, element_step, steps
from scimtui.scim.schema import Type

MOST_VALUES = 64
"""Places that one function looks at. Of larger filters, which only programs write, each step is called."""

MOST_LEVELS = 40
"""Brackets inside each other; Python's own parser reads 200, and a level here is up to four of them."""

_GLOBALS: dict[str, Any] = {
    "__builtins__": {},
    **{each.__name__: each for each in (type, dict, list, str, bool, int, float, ValueError)},
    "fold": fold,
    "len": len,
    "moment_of": datetime.fromisoformat,
    "UTC": UTC,
}
"""All that the function can reach, besides what its plan hands in."""

_COMPARED = {
    Operator.EQ: "{0} == {1}",
    Operator.CO: "{1} in {0}",
    Operator.SW: "{0}.startswith({1})",
    Operator.EW: "{0}.endswith({1})",
    Operator.GT: "{0} > {1}",
    Operator.GE: "{0} >= {1}",
    Operator.LT: "{0} < {1}",
    Operator.LE: "{0} <= {1}",
}


class _TooLarge(Exception):
    """The function would be larger than is worth its compilation."""


def function(plan: Plan) -> Match:
    """Return a function that tells whether a resource fulfils the plan, as `steps` does. It raises for no JSON."""
    slow = steps(plan)

    def anything(value: Any) -> bool:
        return slow(value if isinstance(value, Mapping) else {})

    writer = _Writer()
    try:
        expression = writer.expression(plan, "resource")
    except _TooLarge:
        return anything
    writer.functions.append(
        "def matches(resource):\n"
        "    if type(resource) is not dict:\n"
        "        return anything(resource)\n"
        "    ordinary = False\n"
        "    try:\n"
        f"        return {expression}\n"
        "    except ValueError:\n"  # a dateTime that is none
        "        return anything(resource)\n"
    )
    space = {**_GLOBALS, **writer.space, "anything": anything}
    # Each function gets a copy of the code, since Python specialises code for the names it meets first.
    exec(_code("".join(writer.functions)).replace(), space)  # noqa: S102 - see above: the source holds no foreign text
    return cast("Match", space["matches"])


@lru_cache(maxsize=256)
def _code(source: str) -> CodeType:
    """Compile once what filters of one form have in common: `members[value eq "…"]` of one member after the other."""
    return compile(source, "<filter>", "exec")


class _Writer:
    """Writes expressions, and the functions that they call for lists."""

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.space: dict[str, Any] = {}
        self._levels = 0
        self._places = 0
        self._variables = 0

    def expression(self, plan: Plan, owner: str) -> str:
        """Return the expression that asks the object in the variable `owner`."""
        self._levels += 1
        if self._levels > MOST_LEVELS:
            raise _TooLarge
        written = self._expression(plan, owner)
        self._levels -= 1
        return written

    def _expression(self, plan: Plan, owner: str) -> str:
        match plan:
            case Every(plans):
                return f"({' and '.join(self.expression(term, owner) for term in sorted(plans, key=_cost))})"
            case Some(plans):
                return f"({' or '.join(self.expression(term, owner) for term in sorted(plans, key=_cost))})"
            case Opposite(inner):
                return f"(not {self.expression(inner, owner)})"
            case Inside(_, urn, inner):
                value = self._variable()
                wanted = f"type({value} := {self._get(owner, urn)}) is dict"
                return self._choice(plan, owner, value, (self.expression(inner, value), wanted))
            case Values():
                return self._values(plan, owner)
        return "False"

    def _values(self, plan: Values, owner: str) -> str:
        self._places += 1
        if self._places > MOST_VALUES:
            raise _TooLarge
        value = self._variable()
        get = f"({value} := {self._get(owner, plan.name)})"
        question = (f"{self._loop(plan)}({value})", f"type({get}) is list") if plan.is_many else None
        return self._choice(plan, owner, value, question or self._question(plan, value, get))

    def _choice(self, plan: Inside | Values, owner: str, value: str, question: tuple[str, str]) -> str:
        """Ask the question where the value is as wanted; else take what its absence means; else the steps."""
        asked, wanted = question
        ordinary = f"{self._global(plan.keys.ordinary.issuperset)}({owner})"
        if owner == "resource":  # whose keys are many: they are looked at once
            ordinary = f"ordinary or (ordinary := {ordinary})"
        name = plan.urn if isinstance(plan, Inside) else plan.name
        missing = f"{value} is None and ({self._global(name)} in {owner} or {ordinary})"
        return f"({asked} if {wanted} else {plan.absent} if {missing} else {self._global(steps(plan))}({owner}))"

    def _loop(self, plan: Values) -> str:
        """Write the function that asks each element of a list, and return its name."""
        asked, wanted = self._question(plan, "element", "element")
        name = f"one_of_{len(self.functions)}"
        self.functions.append(
            f"def {name}(values):\n"
            "    for element in values:\n"
            f"        if {wanted}:\n"
            f"            if {asked}:\n"
            "                return True\n"
            f"        elif {self._global(element_step(plan))}(element):\n"
            "            return True\n"
            "    return False\n"
        )
        return name

    def _question(self, plan: Values, value: str, get: str) -> tuple[str, str]:
        """Return what is asked of the value that `get` puts into the variable, and when it has the form for that."""
        asked = plan.asked
        if not isinstance(asked, Literal | Presence):
            return self.expression(asked, value), f"type({get}) is dict and {value}"
        if not plan.is_complex:
            kind = _JSON[plan.attribute.type] if plan.attribute else _usual(asked)
            return self._asked(asked, value, kind), f"type({get}) is {kind}"
        if isinstance(asked, Presence):
            return self._presence(plan, asked, value), f"type({get}) is dict and {value}"
        inner = self._variable()
        sub = plan.attribute.sub("value") if plan.attribute else None
        kind = _JSON[sub.type] if sub else _usual(asked)
        inner_get = f"({inner} := {self._get(value, 'value')})"
        return self._asked(asked, inner, kind), f"type({get}) is dict and type({inner_get}) is {kind}"

    def _presence(self, plan: Values, asked: Presence, value: str) -> str:
        """Write whether an object is present. Most have text in their `value`, so that nothing else is looked at."""
        subs = plan.attribute.sub_attributes if plan.attribute else ()
        likely = next((sub.name for sub in subs if sub.name.casefold() == "value"), subs[0].name if subs else "value")
        inner = self._variable()
        has_text = f"type({inner} := {self._get(value, likely)}) is str and {inner} != ''"
        return f"({has_text} or {self._global(PRESENCE[asked])}({value}))"

    def _asked(self, asked: Literal | Presence, value: str, kind: str) -> str:
        """Return what is asked of a value of that JSON type."""
        if asked is Presence.ASSIGNED:
            return "True"
        if asked is Presence.PRESENT:
            return f"{value} != ''"
        assert isinstance(asked, Literal)
        test = f"{self._global(literal_test(asked))}({value})"
        if kind not in _INLINE.get(asked.form, ()):
            return test
        wanted, left = self._global(asked.wanted), value
        if asked.form is Form.FOLDED and asked.operator is Operator.EQ:
            return self._equal_folded(asked, value, wanted)
        if (
            asked.form is Form.FOLDED
        ):  # what has no letters is the same in any case, as long as nothing is ordered by it
            has_letters = asked.operator not in SUBSTRING or asked.wanted.lower() != asked.wanted.upper()
            left = f"({value}{'.lower()' if has_letters else ''} if {value}.isascii() else fold({value}))"
        elif asked.form is Form.INSTANT:
            left = self._variable()
        compared = _COMPARED[asked.operator].format(left, wanted)
        if asked.is_negated:
            compared = f"not {compared}"
        if asked.form is Form.INSTANT:
            return f"({compared} if ({left} := moment_of({value})).tzinfo is UTC else {test})"
        return f"({compared})"

    def _equal_folded(self, asked: Literal, value: str, wanted: str) -> str:
        """Write whether a text equals another in any letter case. Most differ in length, which needs no new text."""
        ascii_alone = (
            f"len({value}) == {len(asked.wanted)} and {value}.lower() == {wanted}"
            if asked.wanted.isascii()
            else "False"
        )
        compared = f"({ascii_alone} if {value}.isascii() else fold({value}) == {wanted})"
        return f"(not {compared})" if asked.is_negated else compared

    def _get(self, owner: str, name: str) -> str:
        return f"{owner}.get({self._global(name)})"

    def _variable(self) -> str:
        self._variables += 1
        return f"value_{self._variables}"

    def _global(self, value: Any) -> str:
        name = f"given_{len(self.space)}"
        self.space[name] = value
        return name


_JSON: dict[Type, str] = {
    Type.STRING: "str",
    Type.BOOLEAN: "bool",
    Type.DECIMAL: "float",
    Type.INTEGER: "int",
    Type.DATE_TIME: "str",
    Type.BINARY: "str",
    Type.REFERENCE: "str",
    Type.COMPLEX: "dict",
}
_INLINE: dict[Form, tuple[str, ...]] = {
    Form.EXACT: ("str",),
    Form.FOLDED: ("str",),
    Form.BOOLEAN: ("bool",),
    Form.NUMBER: ("int", "float"),
    Form.INSTANT: ("str",),
}
"""The JSON types whose values are compared in place; those of other types are read first."""


def _usual(asked: Literal | Presence) -> str:
    """Return the JSON type of a value that no schema declares: that of the literal."""
    if isinstance(asked, Presence):
        return "str"
    return {Form.BOOLEAN: "bool", Form.NUMBER: "int"}.get(asked.form, "str")


def _cost(plan: Plan) -> int:
    """Return how long a question takes, in single values; the answer does not depend on the order of the questions."""
    match plan:
        case Every(plans) | Some(plans):
            return sum(map(_cost, plans))
        case Opposite(inner):
            return _cost(inner)
        case Inside(_, _, inner):
            return 1 + _cost(inner)
        case Values():
            inside = _cost(plan.asked) if not isinstance(plan.asked, Literal | Presence) else 1
            return (4 if plan.is_many else 1) * inside
    return 0
