"""The server as a process: how it starts, goes on and ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

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


def answers(out: bytes) -> dict[object, dict[str, Any]]:
    """What was answered, by the number of the request."""
    found = [json.loads(part.partition(b"\r\n\r\n")[2]) for part in out.split(b"Content-Length: ")[1:]]
    return {one["id"]: one for one in found if "id" in one}


PARAMS = [b"null", b"[]", b"{}", b"7", b'"x"', b'{"textDocument":7,"position":{"line":0,"character":0}}',
          b'{"textDocument":{"uri":"x:y"},"position":{"line":-1,"character":0}}']  # fmt: skip


@pytest.mark.parametrize("method", [b"textDocument/" + name for name in (b"hover", b"completion", b"rename")])
def test_wrong_parameters_are_answered(method: bytes) -> None:
    """A client waits for an answer to each request; it is told that its parameters are none."""
    request = b'{"jsonrpc":"2.0","id":%d,"method":"%s","params":%s}'
    wrong = [said(request % (number, method, params)) for number, params in enumerate(PARAMS, start=10)]
    wrong.append(said(b'{"jsonrpc":"2.0","id":"name","method":7,"params":{}}'))
    last = [said(request % (99, b"shutdown", b"null")), said(b'{"jsonrpc":"2.0","method":"exit"}')]
    out, _ = start().communicate(initialize(None) + b"".join(wrong + last), timeout=60)
    told = answers(out)
    codes = {number: told[number]["error"]["code"] for number in range(10, 10 + len(PARAMS))}
    assert codes == dict.fromkeys(codes, -32602)
    assert told["name"]["error"]["code"] == -32600
    assert "error" not in told[99]


@pytest.mark.parametrize(
    "garbage",
    [
        b"Content-Length: 99999999999999\r\n\r\n",
        b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"Content-Length: abc\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 0\r\n\r\n",
        b"Content-Lengthy: 5\r\n\r\n",
        b"\r\n\r\n",
        b"\xff\x00" * 50_000,
    ],
    ids=["gigantic", "long number", "no number", "negative", "nothing", "no length", "empty", "bytes"],
)
def test_a_wrong_header_costs_its_message_only(garbage: bytes) -> None:
    request = b'{"jsonrpc":"2.0","id":%d,"method":"no/such/thing","params":{}}'
    last = said(b'{"jsonrpc":"2.0","id":9,"method":"shutdown"}') + said(b'{"jsonrpc":"2.0","method":"exit"}')
    # A body that nobody knows the length of, and behind it at once the next message.
    words = initialize(None) + garbage + request % 2 + said(request % 3) + last
    server = start()
    out, _ = server.communicate(words, timeout=60)
    assert server.returncode == 0
    told = answers(out)
    assert told[3]["error"]["code"] == -32601 and 9 in told


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
    imports = "import sys, pfnspec.cli.main, pfnspec.cli.commands.check"
    code = f"{imports}; print([m for m in sys.modules if 'pygls' in m])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
