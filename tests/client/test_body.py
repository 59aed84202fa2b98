from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings, strategies as st

from scimtui.client import body as body_module
from scimtui.client.body import read_body


async def sent(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "LONGEST_VALUE", 1000)
    monkeypatch.setattr(body_module, "MAX_BODY", 10_000)
    monkeypatch.setattr(body_module, "MAX_SENT", 50_000)


async def test_an_ordinary_answer_is_held_as_it_was_sent() -> None:
    assert await read_body(sent(b'{"a": ', b'"b"', b"", b"}")) == (b'{"a": "b"}', False)
    assert await read_body(sent()) == (b"", False)


async def test_an_answer_without_end_is_cut_after_what_may_be_held() -> None:
    body, is_cut = await read_body(sent(*[b'"a", ' * 100] * 1000))
    assert is_cut
    assert len(body) == 10_000


async def test_a_value_without_end_is_given_up_after_what_may_be_sent() -> None:
    body, is_cut = await read_body(sent(b'{"a": "', *[b"x" * 600] * 1000))
    assert is_cut
    assert len(body) < 2000


@settings(max_examples=80)
@given(
    st.lists(st.sampled_from(["short", "x" * 5000, "\\" * 3001, 'q"' * 5, 'a\\"' * 2]), min_size=1, max_size=8),
    st.data(),
)
async def test_long_values_alone_are_missing_however_an_answer_is_cut_into_pieces(
    values: list[str], data: st.DataObject
) -> None:
    whole = b", ".join(json.dumps(value).encode() for value in values)
    size = data.draw(st.integers(50, 700))
    body, is_cut = await read_body(sent(*[whole[at : at + size] for at in range(0, len(whole), size)]))
    if is_cut:
        return
    kept = body.split(b", ")
    assert len(kept) == len(values)
    for value, part in zip(values, kept, strict=True):
        is_whole = part == json.dumps(value).encode()
        assert is_whole or (len(value) > 1000 and b"\0" in part), f"a value of {len(value)}"
