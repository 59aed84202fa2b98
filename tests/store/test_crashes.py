from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.caches import COMPLETE, fill, ids, user

from scimtui.errors import CacheError
from scimtui.store.cache import DISCOVERY

ROOT = Path(__file__).parents[2]
SWEEP = bool(os.environ.get("SCIMTUI_SWEEP"))

REPLACER = """
import sys, time
from pathlib import Path
from scimtui.store.cache import TenantCache
cache = TenantCache(Path(sys.argv[1]))
users = cache.resources("User")
with users.replacement() as replacement:
    for number in range(5000):
        replacement.add([{"id": f"new-{number}", "text": "x" * 200}])
    print("ready", flush=True)
    time.sleep(60)
"""
HOLDER = """
import sys, time
from pathlib import Path
from scimtui.store.cache import TenantCache
cache = TenantCache(Path(sys.argv[1]))
users = cache.resources("User")
users.put({"id": "theirs"})
print("ready", flush=True)
time.sleep(60)
"""


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def kill(child: subprocess.Popen[str]) -> list[str]:
    child.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    return child.communicate()[0].splitlines()


@pytest.mark.skipif(os.name != "posix", reason="Windows has neither fork nor SIGKILL")
@pytest.mark.timeout(1800 if SWEEP else 120)
@pytest.mark.parametrize("mode", ["plain", "sealed", "switching"])
def test_a_process_killed_at_any_moment_loses_nothing_that_it_acknowledged(folder, mode):
    """Each of them holds exactly what was acknowledged, with or without the one step it was at, and opens without a word."""
    rounds = 20_000 if SWEEP else 150
    command = [sys.executable, "-m", "fakes.killed_caches", folder, str(rounds), mode]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    done = subprocess.run(command, env=paths, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    struck = json.loads(done.stdout)
    assert sum(struck.values()) == rounds
    assert min(struck.get(step, 0) for step in ("opening", "put", "merge", "replace", "compact")) > 0, struck


def test_a_sync_that_is_killed_leaves_the_old_copy_and_no_rest(folder, again):
    cache = again(folder)
    fill(cache.resources("User"), [1, 2])
    cache.close()
    child = start(REPLACER, folder)
    assert child.stdout.readline() == "ready\n"
    assert list(folder.glob("*.new"))
    kill(child)
    opened = again(folder)
    assert ids(opened.resources("User")) == ["id-1", "id-2"]
    assert opened.resources("User").state == COMPLETE
    assert not list(folder.glob("*.new"))
    opened.close()


# ------------------------------------------------------------ several processes


def test_a_second_process_reads_and_says_who_writes(folder, again):
    child = start(HOLDER, folder)
    assert child.stdout.readline() == "ready\n"
    second = again(folder)
    assert second.read_only
    assert f"process {child.pid}" in second.notices[0]
    users = second.resources("User")
    assert ids(users) == ["theirs"]
    for write in (
        lambda: users.put(user(1)),
        lambda: users.remove("theirs"),
        users.replacement,
        lambda: second.keep(DISCOVERY, {}),
    ):
        with pytest.raises(CacheError, match="another scimtui") as caught:
            write()
        assert "close it" in caught.value.hint
    second.close()
    kill(child)
    third = again(folder)
    assert not third.read_only
    third.resources("User").put(user(1))
    third.close()


def test_a_closed_cache_is_free_for_the_next_one(folder, again):
    first = again(folder)
    assert again(folder).read_only
    first.close()
    second = again(folder)
    assert not second.read_only
    second.close()
