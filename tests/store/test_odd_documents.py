"""Resources as no RFC knows them, all the way through the file and the columns beside it."""

from __future__ import annotations

import pytest
from fakes.caches import COMPLETE

from scimtui.store.columns import Projection

CELLS = Projection("odd", lambda raw: (str(raw.get("id")), str(raw.get("a")), str(raw.get("a")), str(raw.get("b"))))

ODD = {
    "a value of 5,000 characters": [{"id": "1", "a": "x" * 5000, "b": "é" * 5000}],
    "no id": [{"a": "one"}, {"a": "two"}, {"id": "", "a": "three"}, {"id": None, "a": "four"}],
    "ids that are no strings": [{"id": 7}, {"id": 7.5}, {"id": True}, {"id": ["a", "list"]}, {"id": {"an": "object"}}],
    "nothing at all": [{}],
    "nulls everywhere": [{"id": "1", "a": None, "b": [None, {"c": None}], "name": None, "schemas": None, "meta": None}],
    "newlines and tabs": [{"id": "a\nb\tc\r\x0b\x0c\x85\u2028\u2029", "a": "1\n2\t3\r\n", "b": "\n", "k\n\t": "\t"}],
    "separators of our own": [
        {"id": "\x1f\\\x1e", "a": "\x1f", "b": "\\n\\b\\"},
        {"id": "2", "a": "", "b": "\x1f\x1f"},
    ],
    "control characters": [{"id": "".join(map(chr, range(32))), "a": "\x00\x1b[31m\x7f\x9b", "b": "\ufeff"}],
    "right to left": [{"id": "مرحبا", "a": "\u202eevil\u202c \u2066x\u2069", "b": "עברית \u200f"}],
    "zero width": [{"id": "a\u200bb\u200c\u200d\u2060", "a": "\u00ad\u034f", "b": "\u200b"}],
    "emoji sequences": [{"id": "👩‍👩‍👧‍👦", "a": "🏳️‍🌈🇩🇪👍🏽", "b": "e\u0301\u0327"}],
    "wide CJK": [{"id": "山田太郎", "a": "한국어 ﾊﾝｶｸ", "b": "𠮷野家"}],
    "lone surrogates": [{"id": "\ud800", "a": "\udfff x", "b": ["\ud83d"]}],
    "numbers out of range": [{"id": "1", "a": 2**64, "b": [-(10**400), 1e308, -0.0, 5e-324]}],
    "nested deep": [{"id": "1", "a": [[[[[[[[[[{"b": [[[[[{}]]]]]}]]]]]]]]]]}],
    "names like our own": [{"id": "state", "a": "resources", "generation": 1}, {"id": "_default", "a": {"sync": {}}}],
    "odd keys": [{"id": "1", "": "", " ": 1, "__proto__": {}, 'a.b[c eq "d"]': 2, "ID": "other", "Id": "third"}],
}


@pytest.fixture(params=["plain", "sealed"])
def keys(request, place):
    return place.sealed if request.param == "sealed" else place.plain


def same(found, wanted) -> bool:
    """Whether the documents are alike, and so is what == does not tell apart: order of keys, 1 and 1.0, 0.0 and -0.0."""
    return [repr(raw) for raw in found] == [repr(raw) for raw in wanted]


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_document_survives_the_file_a_rewrite_a_synchronisation_and_the_columns(folder, again, keys, odd):
    cache = again(folder, keys)
    users = cache.resources("User")
    for raw in odd:
        users.put(raw)
    assert same(users.documents(), odd)
    rows = users.rows(CELLS)
    cache.close()
    cache = again(folder, keys)
    users = cache.resources("User")
    assert same(users.documents(), odd)
    assert users.rows(CELLS) == rows == [CELLS.project(raw) for raw in odd]
    users.db.storage.compact()
    with users.replacement() as replacement:
        replacement.add(odd)
        replacement.commit(COMPLETE)
    cache.close()
    cache = again(folder, keys)
    users = cache.resources("User")
    assert same(users.documents(), odd)
    assert users.rows(CELLS) == rows
    assert cache.notices == []


def test_of_duplicate_ids_the_last_one_stays(folder, again, keys):
    cache = again(folder, keys)
    users = cache.resources("User")
    twins = [{"id": "1", "a": "first"}, {"id": "2"}, {"id": "1", "a": "second"}]
    with users.replacement() as replacement:
        replacement.add(twins)
        counts = replacement.commit(COMPLETE)
    assert (counts.new, list(users.documents())) == (2, [{"id": "1", "a": "second"}, {"id": "2"}])
    assert users.merge([{"id": "2", "a": "x"}, {"id": "2", "a": "y"}], [], COMPLETE).new == 0
    cache.close()
    users = again(folder, keys).resources("User")
    assert [(raw["id"], raw.get("a")) for raw in users.documents()] == [("1", "second"), ("2", "y")]
