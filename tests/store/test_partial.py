from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from scimtui.errors import CacheError
from scimtui.scim.resource import lookup
from scimtui.store.cache import TenantCache
from scimtui.store.log_lines import encode_document
from scimtui.store.partial import partial_decoder

URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PERSON = {
    "id": "1",
    "userName": "Bj\u00f8rn",
    "emails": [{"value": "a@b.c", "primary": True}],
    URN: {"department": "IT"},
}


def test_only_what_is_asked_for_is_read() -> None:
    assert partial_decoder(["userName", URN])(encode_document(PERSON)) == {"userName": "Bj\u00f8rn", URN: PERSON[URN]}
    assert partial_decoder(["nickName"])(encode_document(PERSON)) == {}
    assert partial_decoder([])(encode_document(PERSON)) == {}


def test_null_is_there_and_what_is_not_there_is_not() -> None:
    assert partial_decoder(["title", "active"])(b'{"title":null}') == {"title": None}


@pytest.mark.parametrize("key", ["USERNAME", "username", "UserName"])
def test_a_key_in_another_letter_case_is_found_as_in_the_whole_document(key: str) -> None:
    assert lookup(partial_decoder(["userName"])(encode_document({"id": "1", key: "ann"})), "userName") == "ann"


@pytest.mark.parametrize("odd", [{"id": "\ud800"}, {"id": "1", "big": 2**70}])
def test_documents_that_are_written_slowly_are_read_too(odd: dict[str, Any]) -> None:
    assert lookup(partial_decoder(["id"])(encode_document(odd)), "id") == odd["id"]


keys = st.sampled_from(["id", "ID", "title", "Title", "emails", URN, URN.upper(), "a.b", ""])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(keys, values, max_size=6), st.sets(st.sampled_from(["id", "title", "emails", URN]), min_size=1))
def test_a_part_says_of_its_attributes_what_the_whole_says(document: dict[str, Any], names: set[str]) -> None:
    part = partial_decoder(names)(encode_document(document))
    for name in names:
        assert lookup(part, name) == lookup(document, name)


def test_parts_are_right_however_the_file_was_written(tmp_path: Path) -> None:
    cache = TenantCache(tmp_path / "acme")
    users = cache.resources("User")
    for number in range(30):
        users.put({"id": str(number), "title": f"a{number}", "other": "x" * number})
    for number in (3, 4, 29, 3):  # lines that count no more, in the middle and at the end
        users.put({"id": str(number), "title": f"b{number}"})
    users.remove("7")
    expected = [{"id": raw["id"], "title": raw["title"]} for raw in users.documents()]
    found = [{"id": raw["id"], "title": raw["title"]} for raw in users.parts(["id", "title"])]
    cache.close()
    assert found == expected
    assert len(found) == 29


def test_a_damaged_line_is_found_where_its_json_is_broken(tmp_path: Path) -> None:
    cache = TenantCache(tmp_path / "acme")
    users = cache.resources("User")
    for number in range(3):
        users.put({"id": str(number), "title": "abc"})
    file = tmp_path / "acme" / "User.tinydb"
    content = file.read_bytes()
    place = content.index(b'"title":"abc"', content.index(b'"id":"1"'))
    with file.open("r+b") as writer:
        writer.seek(place)
        writer.write(b'"title:')
    with pytest.raises(CacheError, match="damaged"):
        list(users.parts(["title"]))
    cache.close()
    assert any("could not be read" in notice for notice in cache.notices)
