"""Filters that were used before."""

from __future__ import annotations

import os

import pytest
from fakes.sessions import tenant_at

from scimtui.ops.filter_history import LONGEST, MOST, FilterHistory, with_newest


def history(folder, name="User", **values):
    return FilterHistory(folder, tenant_at("http://127.0.0.1:1", **values), name)


def test_filters_are_there_at_the_next_start_and_belong_to_their_type(tmp_path):
    history(tmp_path).keep(["active eq true"])
    history(tmp_path, "Group").keep(["displayName pr"])
    assert history(tmp_path).texts() == ["active eq true"]
    assert history(tmp_path, "Group").texts() == ["displayName pr"]


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_nobody_else_can_read_them(tmp_path):
    history(tmp_path).keep(["active eq true"])
    assert [path.stat().st_mode & 0o077 for path in tmp_path.iterdir()] == [0]


@pytest.mark.parametrize("cache", ["off", "encrypted"])
def test_a_tenant_that_leaves_nothing_readable_on_the_disk_leaves_no_filter_there(tmp_path, cache):
    history(tmp_path, cache=cache).keep(['userName eq "ann"'])
    assert list(tmp_path.iterdir()) == []
    assert history(tmp_path, cache=cache).texts() == []


def test_a_disk_that_refuses_costs_the_history_alone(tmp_path):
    (tmp_path / "filters.json").mkdir()
    history(tmp_path).keep(["active eq true"])
    assert history(tmp_path).texts() == []


def test_the_newest_stands_at_the_end_once_and_the_oldest_go():
    texts = [str(number) for number in range(MOST)]
    assert with_newest(texts, "7")[-2:] == [str(MOST - 1), "7"]
    assert with_newest(texts, "new") == [*texts[1:], "new"]
    assert with_newest(texts, " ") == texts
    assert with_newest(texts, "x" * (LONGEST + 1)) == texts
