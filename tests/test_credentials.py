from __future__ import annotations

import copy
import os
import pickle
import stat
import subprocess
import sys
import traceback
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyrings.alt.file import PlaintextKeyring

from scimtui import credentials
from scimtui.credentials import (
    SERVICE,
    Secret,
    find_secret,
    forget_secret,
    keep_secret,
    probe_keyring,
    variable_of,
    where_secret,
)
from scimtui.errors import SecretError

CANARY = "s3cr3t-canary"
PRINTS = (sys.executable, "-c", f"print(' {CANARY} '); print('second line')")


def script(code: str) -> tuple[str, str, str]:
    return (sys.executable, "-c", code)


@pytest.fixture(autouse=True)
def _own_keyring():
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def file_keyring(tmp_path, monkeypatch):
    """A keyring that writes a plain file, chosen by a person."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring")
    return plain_file(tmp_path)


def plain_file(folder):
    backend = PlaintextKeyring()
    backend.file_path = str(folder / "keyring.cfg")
    keyring.set_keyring(backend)
    return backend


def refused(*asked) -> SecretError:
    with pytest.raises(SecretError) as caught:
        find_secret(*asked)
    return caught.value


# ------------------------------------------------------------ where a secret comes from


def test_the_environment_comes_first_then_the_command_then_the_keyring(file_keyring, monkeypatch):
    file_keyring.set_password(SERVICE, "acme", "from the keyring")
    assert find_secret("acme", None).reveal() == "from the keyring"
    assert find_secret("acme", PRINTS).reveal() == CANARY
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", " from the variable\n")
    assert find_secret("acme", PRINTS).reveal() == "from the variable"


def test_an_empty_variable_is_none(file_keyring, monkeypatch):
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", "  ")
    assert find_secret("acme", PRINTS).reveal() == CANARY


def test_the_variable_is_named_after_the_tenant():
    assert variable_of("acme-prod.2") == "SCIMTUI_TOKEN_ACME_PROD_2"


def test_where_a_secret_comes_from_is_said_and_no_command_is_run(file_keyring, monkeypatch, tmp_path):
    trace = tmp_path / "trace"
    command = script(f"open({str(trace)!r}, 'w'); print(1)")
    assert where_secret("acme", None) == "nowhere"
    file_keyring.set_password(SERVICE, "acme", CANARY)
    assert where_secret("acme", None) == f"keyring ({file_keyring.name})"
    assert where_secret("acme", command) == f"command {sys.executable}"
    assert not trace.exists()
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", CANARY)
    assert where_secret("acme", command) == "variable SCIMTUI_TOKEN_ACME"


def test_without_a_secret_the_error_says_what_was_tried_and_what_to_do(file_keyring):
    error = refused("acme", None)
    assert error.message.startswith("no token for acme: SCIMTUI_TOKEN_ACME is not set, no token_command, not in the")
    assert error.hint == "run scimtui tenant token acme"


@pytest.mark.parametrize(
    ("backend", "why"),
    [(NullKeyring(), "it keeps nothing"), (FailKeyring(), "there is no keyring on this machine")],
    ids=["null", "fail"],
)
def test_without_a_keyring_the_error_names_the_other_ways(backend, why):
    keyring.set_keyring(backend)
    error = refused("acme", None)
    assert f"the keyring does not answer: {why}" in error.message
    assert "token_command" in error.hint
    assert "SCIMTUI_TOKEN_ACME" in error.hint


# ------------------------------------------------------------ token_command


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("/nonexistent/pass", "show"), "is not installed: /nonexistent/pass"),
        (script("import sys; sys.exit('vault is sealed')"), "ended with status 1: vault is sealed"),
        (script("pass"), "printed nothing"),
        (("/", "x"), "does not start"),
    ],
)
def test_a_command_that_fails_says_why_and_never_falls_back(file_keyring, command, why):
    file_keyring.set_password(SERVICE, "acme", "old")
    error = refused("acme", command)
    assert "the token_command of acme" in error.message
    assert why in error.message
    assert error.hint == f"run {command[0]} by hand, then mend token_command"


def test_a_command_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(credentials, "COMMAND_TIMEOUT", 0.3)
    error = refused("acme", script(f"import time; print('{CANARY}', flush=True); time.sleep(30)"))
    assert "did not end" in error.message
    assert CANARY not in "".join(traceback.format_exception(error))


def test_the_arguments_of_a_command_and_what_it_printed_are_in_no_error():
    error = refused("acme", script(f"import sys; print('{CANARY}'); sys.exit(3)"))
    shown = error.message + error.hint
    assert CANARY not in shown
    assert "sys.exit" not in shown


def test_a_command_gets_no_shell_and_no_input():
    assert find_secret("acme", script("import sys; print(repr(sys.stdin.read()), '$HOME')")).reveal() == "'' $HOME"


# ------------------------------------------------------------ the keyring


def test_a_kept_secret_is_found_again_and_forgotten(file_keyring):
    assert keep_secret("acme", Secret(CANARY)) == file_keyring.name
    assert find_secret("acme", None).reveal() == CANARY
    assert forget_secret("acme") is True
    assert forget_secret("acme") is False
    assert "not in the keyring" in refused("acme", None).message


def test_a_plain_file_that_nobody_chose_is_not_written(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    plain_file(tmp_path)
    with pytest.raises(SecretError) as caught:
        keep_secret("acme", Secret(CANARY))
    assert "nobody chose" in caught.value.message
    assert "token_command" in caught.value.hint
    probe = probe_keyring()
    assert (probe.usable, "nobody chose" in probe.why) == (False, True)
    assert list(tmp_path.iterdir()) == []


def test_a_plain_file_that_a_person_chose_is_used_with_a_warning(file_keyring):
    probe = probe_keyring()
    assert probe.usable
    assert probe.backend == file_keyring.name
    assert "plain file" in probe.why


def test_a_probe_leaves_nothing_behind(file_keyring, tmp_path):
    probe_keyring()
    assert "probe" not in (tmp_path / "keyring.cfg").read_text()


@pytest.mark.parametrize(
    ("backend", "why"),
    [(NullKeyring(), "does not give back"), (FailKeyring(), "there is no keyring on this machine")],
    ids=["null", "fail"],
)
def test_a_keyring_that_keeps_nothing_is_found_out(backend, why):
    keyring.set_keyring(backend)
    probe = probe_keyring()
    assert not probe.usable
    assert why in probe.why
    with pytest.raises(SecretError) as caught:
        keep_secret("acme", Secret(CANARY))
    assert why in caught.value.message
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert forget_secret("acme") in {True, False}


def test_a_keyring_that_cannot_be_loaded_is_no_crash(monkeypatch):
    code = "from scimtui.credentials import probe_keyring; print(probe_keyring())"
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "no.such.Backend"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "usable=False" in done.stdout, done.stderr


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_file_that_cannot_be_read_is_told_and_not_taken_for_empty(file_keyring, tmp_path):
    keep_secret("acme", Secret(CANARY))
    assert stat.S_IMODE((tmp_path / "keyring.cfg").stat().st_mode) == 0o600
    (tmp_path / "keyring.cfg").write_bytes(b"\xff\xfe broken")
    assert "the keyring does not answer" in refused("acme", None).message
    assert where_secret("acme", None).startswith("nowhere: the keyring does not answer")


# ------------------------------------------------------------ the secret itself


def test_a_secret_shows_itself_nowhere():
    secret = Secret(CANARY, "the keyring")
    assert f"{secret} {secret!r} {[secret]} {secret!s}".count("…") == 4
    assert CANARY not in f"{secret} {secret!r} {[secret]} {secret!s}"
    for into in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            into(secret)
    assert secret.reveal() == CANARY
