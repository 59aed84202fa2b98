"""Reads the text of filters (RFC 7644 section 3.4.2.2, figure 1) and paths (section 3.5.2).

Errata that decide: 7319 (a space after `not`) is read and written, but not asked for; 4690 and 7322 (no brackets inside
brackets) are applied. Names may start with `$`, which the grammar forgot for `$ref`. Spaces are free next to brackets and
needed everywhere else.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import NoReturn

from scimtui.errors import FilterError, PathError
from scimtui.scim.coerce import is_number, read_number
from scimtui.scim.expression import (
    Comparison,
    Filter,
    Not,
    Operator,
    Path,
    Present,
    Value,
    ValuePath,
    all_of,
    any_of,
    split_urn,
)
from scimtui.scim.recognise import NAME

MAX_DEPTH = 32
"""Brackets inside each other. Deeper text is an accident or an attack, and would exhaust the stack."""

_NAME = re.compile(NAME)
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r'[^\s()\[\]"]*')
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'*+,;=%-]+")
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*")

_AN_ATTRIBUTE = "expected an attribute such as userName"
_AN_OPERATOR = "expected an operator such as eq, co or pr"
_A_VALUE = "expected a value in double quotes, a number, true, false or null"

_MEANT: dict[str, str] = {
    **dict.fromkeys(("=", "==", "===", "is", "equals"), "eq"),
    **dict.fromkeys(("!=", "<>", "!"), "ne"),
    **dict.fromkeys((">", "after"), "gt"),
    **dict.fromkeys((">=", "=>"), "ge"),
    **dict.fromkeys(("<", "before"), "lt"),
    **dict.fromkeys(("<=", "=<"), "le"),
    **dict.fromkeys(("contains", "includes", "like", "~", "=~"), "co"),
    **dict.fromkeys(("startswith", "starts", "begins"), "sw"),
    **dict.fromkeys(("endswith", "ends"), "ew"),
    **dict.fromkeys(("present", "exists"), "pr"),
    **dict.fromkeys(("&", "&&", ","), "and"),
    **dict.fromkeys(("|", "||"), "or"),
}
"""What other languages write for our words, for hints."""


@dataclass
class Reader:
    """One pass over one text. Each method reads from `position` on and leaves it behind what it read."""

    text: str
    fault: type[FilterError | PathError] = FilterError
    urns: tuple[str, ...] = ()
    """URNs that are known, so that no guess is needed where they end."""
    position: int = 0
    depth: int = 0
    in_brackets: bool = False

    def whole_filter(self) -> Filter:
        """Read a filter up to the end of the text."""
        if not self.text.strip():
            self.fail(_AN_ATTRIBUTE, len(self.text), hint='Write a filter such as userName eq "bjensen".')
        found = self._or()
        if self._next():
            self._fail_after_expression("the end of the filter")
        return found

    def whole_path(self) -> Path:
        """Read an attribute path, or a value path with or without a sub-attribute, up to the end of the text."""
        if not self.text.strip():
            self.fail("expected an attribute path such as name.givenName", len(self.text))
        path = self._attribute_path()
        if self._next() == "[":
            value_filter = self._bracketed(path)
            path = replace(path, value_filter=value_filter, sub=self._sub_attribute())
        if self._next():
            self.fail("expected the end of the path")
        return path

    def fail(self, expected: str, position: int | None = None, hint: str = "") -> NoReturn:
        """Raise the error of this reader: what was expected, where, and what stands there."""
        at = self.position if position is None else position
        kind = "path" if self.fault is PathError else "filter"
        found = self.text[at : at + 1] if self.text[at : at + 1] in set('()[]"') else self._word_at(at)
        where = f", found {json.dumps(found[:30], ensure_ascii=False)}" if found else f", where the {kind} ends"
        raise self.fault(f"{expected} at character {at + 1}{where}", text=self.text, position=at, hint=hint)

    def _or(self) -> Filter:
        terms = [self._and()]
        while self._takes("or"):
            terms.append(self._and())
        return any_of(*terms)

    def _and(self) -> Filter:
        terms = [self._term()]
        while self._takes("and"):
            terms.append(self._term())
        return all_of(*terms)

    def _term(self) -> Filter:
        if self._next() == "(":
            return self._group()
        word = self._word_at(self.position).casefold()
        if word in {"not", "and", "or"}:
            behind = self._skip(self.position + len(word))
            if word == "not" and self.text[behind : behind + 1] == "(":
                self.position = behind
                return Not(self._group())
            is_attribute = _is_operator(self._word_at(behind)) or self.text[behind : behind + 1] == "["
            if not is_attribute:
                if word == "not":
                    self.fail("expected ( after not", behind, hint='Write not (userName eq "bjensen").')
                self.fail(_AN_ATTRIBUTE)
        return self._expression()

    def _group(self) -> Filter:
        opened = self.position
        self._descend()
        found = self._or()
        if self._next() != ")":
            self._fail_after_expression(f") for the ( at character {opened + 1}")
        self._ascend()
        return found

    def _bracketed(self, path: Path) -> Filter:
        if self.in_brackets:
            self.fail("expected no [ inside [ ]", hint="RFC 7644 allows no brackets inside brackets.")
        if path.sub:
            self.fail("expected no [ after a sub-attribute", hint=f"Write {replace(path, sub=None)}[{path.sub} …].")
        opened = self.position
        self.in_brackets = True
        self._descend()
        found = self._or()
        if self._next() != "]":
            self._fail_after_expression(f"] for the [ at character {opened + 1}")
        self._ascend()
        self.in_brackets = False
        return found

    def _descend(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"expected at most {MAX_DEPTH} brackets inside each other")
        self.position += 1

    def _ascend(self) -> None:
        self.depth -= 1
        self.position += 1

    def _expression(self) -> Filter:
        path = self._attribute_path()
        if self._next() != "[":
            return self._attribute_expression(path)
        value_filter = self._bracketed(path)
        sub = self._sub_attribute()
        if sub is None:
            return ValuePath(path, value_filter)
        # Entra sends emails[type eq "work"].value eq "x", which figure 1 forbids; it means both of the same element.
        return ValuePath(path, all_of(value_filter, self._attribute_expression(Path(attribute=sub))))

    def _attribute_expression(self, path: Path) -> Filter:
        self._next()
        word = self._word_at(self.position)
        if word.casefold() == "pr":
            self.position += len(word)
            return Present(path)
        if not _is_operator(word):
            self._fail_at_operator(word)
        self.position += len(word)
        if self.text[self.position : self.position + 1] == '"':
            self.fail(f"expected a space after {word}")
        return Comparison(path, Operator(word.casefold()), self._value())

    def _fail_at_operator(self, word: str) -> NoReturn:
        meant = _MEANT.get(word.casefold())
        self.fail(_AN_OPERATOR, hint=f"Write {meant} for {word}." if meant else "")

    def _fail_after_expression(self, end: str) -> NoReturn:
        word = self._word_at(self.position)
        meant = _MEANT.get(word)
        hint = f"Write {meant} for {word}." if meant else ""
        self.fail(f"expected and, or, or {end}", hint=hint)

    def _value(self) -> Value:
        first = self._next()
        if first == '"':
            return self._string()
        word = self._word_at(self.position)
        folded = word.casefold()
        if folded in {"true", "false", "null"}:
            self.position += len(word)
            return {"true": True, "false": False}.get(folded)
        if not is_number(word):
            unquoted = json.dumps(word.strip("'‘’“”`´„«»"), ensure_ascii=False)
            self.fail(_A_VALUE, hint=f"Write it in double quotes: {unquoted}." if word else "")
        number = read_number(word)
        if number is None:
            self.fail("expected a smaller number")
        self.position += len(word)
        return number

    def _string(self) -> str:
        start = self.position
        try:
            value, end = json.JSONDecoder().raw_decode(self.text, start)
            value.encode()
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated"):
                self.fail('expected a closing "', len(self.text))
            hint = r'Inside quotes, write \\ for \, \" for " and \n for a line break.'
            self.fail("expected a character that JSON allows in quotes", min(error.pos, len(self.text)), hint=hint)
        except UnicodeEncodeError:
            self.fail("expected text without half characters", start)
        behind = self.text[end : end + 1]
        if behind and not behind.isspace() and behind not in ")]":
            self.fail("expected a space after the value", end, hint=r'Inside quotes, write \" for ".')
        self.position = end
        return str(value)

    def _attribute_path(self) -> Path:
        self._next()
        start = self.position
        word = self._word_at(start)
        urn, name = self._split(word)
        offset = start + len(word) - len(name)
        self.position = start + len(word)
        if urn is not None and not name:
            path = Path(urn)
        else:
            attribute, sub = self._names(name, offset)
            path = Path(urn, attribute, None, sub)
        if self.in_brackets and (path.urn or path.sub):
            self.fail(
                "expected the name of a sub-attribute alone",
                start,
                hint=f"Inside [ ] write {path.sub or path.attribute}.",
            )
        return path

    def _split(self, word: str) -> tuple[str | None, str]:
        """Split a word into URN and the rest; the rest is "" where the whole word names a schema."""
        known = split_urn(word, self.urns)
        if known and (known[1] or not word.endswith(":")):
            return known
        urn, colon, name = word.rpartition(":")
        if not colon:
            return None, word
        if not name:
            self.fail("expected an attribute after the colon", self.position + len(word))
        if not _URI.fullmatch(urn):
            self.fail("expected a schema such as urn:… before the colon", hint="Sub-attributes follow a dot.")
        # A URN for a schema ends in a version, or in a version and a name: what follows a version is no attribute.
        if _VERSION.fullmatch(name) or (_VERSION.fullmatch(urn.rpartition(":")[2]) and _NAME.fullmatch(name)):
            return word, ""
        return urn, name

    def _names(self, name: str, offset: int) -> tuple[str, str | None]:
        """Read `attribute` or `attribute.sub` from `name`, which starts at `offset` of the text."""
        attribute = _NAME.match(name)
        if attribute is None:
            self.fail(_AN_ATTRIBUTE, offset)
        end = attribute.end()
        if name[end : end + 1] != ".":
            self._end_name(name, end, offset)
            return attribute[0], None
        sub = _NAME.match(name, end + 1)
        if sub is None:
            self.fail("expected a sub-attribute such as givenName", offset + end + 1)
        self._end_name(name, sub.end(), offset)
        return attribute[0], sub[0]

    def _end_name(self, name: str, end: int, offset: int) -> None:
        """Fail where `name` goes on after `end`, where a name ends."""
        rest = name[end:]
        if not rest:
            return
        if rest[0] == ".":
            self.fail("expected one sub-attribute at most", offset + end)
        if rest[0] in "=<>!~" and self.fault is FilterError:
            signs = rest[: len(rest) - len(rest.lstrip("=<>!~"))]
            meant = _MEANT.get(signs)
            self.fail(_AN_OPERATOR, offset + end, hint=f"Write {meant} for {signs}, with spaces." if meant else "")
        self.fail("expected a letter, digit, - or _ in the name", offset + end)

    def _sub_attribute(self) -> str | None:
        """Read `.name` right behind a bracket, where there is one."""
        if self.text[self.position : self.position + 1] != ".":
            return None
        word = self._word_at(self.position)
        sub = _NAME.match(word, 1)
        if sub is None:
            self.fail("expected a sub-attribute such as value", self.position + 1)
        self._end_name(word, sub.end(), self.position)
        self.position += len(word)
        return sub[0]

    def _takes(self, keyword: str) -> bool:
        """Step over the next word where it is `keyword`."""
        self._next()
        word = self._word_at(self.position)
        if word.casefold() != keyword:
            return False
        self.position += len(word)
        return True

    def _next(self) -> str:
        """Step over spaces and return the next character, "" at the end."""
        self.position = self._skip(self.position)
        return self.text[self.position : self.position + 1]

    def _skip(self, position: int) -> int:
        found = _SPACE.match(self.text, position)
        return found.end() if found else position

    def _word_at(self, position: int) -> str:
        found = _WORD.match(self.text, position)
        return found[0] if found else ""


def _is_operator(word: str) -> bool:
    folded = word.casefold()
    return folded == "pr" or folded in Operator.__members__.values()
