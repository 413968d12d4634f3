"""The server as a process: how it starts, goes on and ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "pfnspec", "lsp"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def said(words: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(words), words)


def initialize(process: int | None) -> bytes:
    number = b"null" if process is None else b"%d" % process
    return said(
        b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":'
        + number
        + b',"capabilities":{}}}'
    ) + said(b'{"jsonrpc":"2.0","method":"initialized","params":{}}')


def test_the_server_ends_when_its_client_is_gone() -> None:
    server = start()
    out, _ = server.communicate(initialize(None), timeout=30)
    assert server.returncode == 0 and out.startswith(b"Content-Length")


@pytest.mark.skipif(os.name != "posix", reason="looks at processes as POSIX has them")
def test_the_server_ends_when_its_client_is_dead_though_the_pipe_is_open() -> None:
    dead = subprocess.Popen([sys.executable, "-c", "pass"])
    dead.wait()
    with start() as server:
        assert server.stdin is not None
        server.stdin.write(initialize(dead.pid))
        server.stdin.flush()
        assert server.wait(timeout=30) != 0


def test_garbage_and_a_handler_that_fails_do_not_end_the_server() -> None:
    request = b'{"jsonrpc":"2.0","id":%d,"method":"%s","params":%s}'
    wrong = [
        said(request % (2, b"textDocument/hover", b'{"textDocument":7}')),
        said(request % (3, b"no/such/thing", b"{}")),
        said(b"{"),
        said(b'{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":99}}'),
        said(
            b'{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"x:y","version":1},'
            b'"contentChanges":[{"text":"a"}]}}'
        ),
    ]
    last = [said(request % (9, b"shutdown", b"null")), said(b'{"jsonrpc":"2.0","method":"exit"}')]
    server = start()
    out, _ = server.communicate(initialize(None) + b"".join(wrong + last), timeout=30)
    assert server.returncode == 0
    assert b'"id": 9' in out and b'"id": 3' in out


def test_a_missing_library_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "pygls").mkdir()
    (tmp_path / "pygls" / "__init__.py").write_text("raise ModuleNotFoundError('no', name='pygls')\n")
    environment = {**os.environ, "PYTHONPATH": os.fspath(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "pfnspec", "lsp"], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 4 and ran.stdout == ""
    assert ran.stderr.count("\n") == 1 and "pip install 'pfnspec[lsp]'" in ran.stderr


def test_checking_does_not_load_the_server() -> None:
    code = "import sys, pfnspec.cli.main, pfnspec.cli.check; print([m for m in sys.modules if 'pygls' in m])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
