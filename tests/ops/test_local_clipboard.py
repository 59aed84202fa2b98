"""Which tool takes a text, and what it gets: real programs on a PATH of their own."""

from __future__ import annotations

import os

import pytest

from scimtui.ops.local_clipboard import copy_by, copying_tool

LINUX = {"DISPLAY": ":0"}


@pytest.fixture
def tools(tmp_path):
    """Put a program into a folder that keeps what it is given."""

    def put(*names: str) -> dict[str, str]:
        for name in names:
            tool = tmp_path / name
            tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/{name}.said\n/bin/cat > {tmp_path}/{name}.got\n')
            tool.chmod(0o700)
        return {"PATH": str(tmp_path)}

    return put


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")
@pytest.mark.parametrize(
    ("platform", "environ", "there", "tool"),
    [
        ("darwin", {}, ["pbcopy"], "pbcopy"),
        ("win32", {}, ["clip.exe"], "clip.exe"),
        ("linux", {"WSL_DISTRO_NAME": "Debian"}, ["clip.exe"], "clip.exe"),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0", **LINUX}, ["wl-copy", "xclip"], "wl-copy"),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0", **LINUX}, ["xclip"], "xclip"),
        ("linux", LINUX, ["xsel"], "xsel"),
        ("linux", LINUX, [], None),
        ("linux", {}, ["xclip", "wl-copy"], None),
        ("darwin", {"SSH_CONNECTION": "1 2 3 4"}, ["pbcopy"], None),
        ("linux", {"SSH_TTY": "/dev/pts/1", **LINUX}, ["xclip"], None),
    ],
)
def test_the_tool_of_the_system_is_taken_and_none_over_ssh(tools, platform, environ, there, tool):
    command = copying_tool({**environ, **tools(*there)}, platform)
    assert (command[0] if command else None) == tool


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")
def test_the_tool_gets_the_exact_text(tools, tmp_path):
    text = "Zoë\t=1\n\x1b[2J"
    tools("xclip")
    assert copy_by([str(tmp_path / "xclip"), "-selection", "clipboard"], text)
    assert (tmp_path / "xclip.got").read_bytes().decode() == text
    assert (tmp_path / "xclip.said").read_text() == "-selection clipboard\n"


def test_a_tool_that_fails_is_no_success(tmp_path):
    assert not copy_by([str(tmp_path / "missing")], "text")
    assert not copy_by(["false"], "text")
