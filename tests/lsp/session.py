"""An editor for tests: speaks the protocol with a server, and notes down all that it says."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

CAPABILITIES: dict[str, Any] = {
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {"codeLens": {"refreshSupport": True}, "inlayHint": {"refreshSupport": True}},
}
Message = dict[str, Any]


class Session:
    """A server and what it has sent so far.  Anything else on its standard output fails the test."""

    def __init__(self, environment: Mapping[str, str], *, quick: int = 0) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-m", "pfnspec", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        self.messages: list[Message] = []
        self.broken = ""
        self.errors = b""
        self.news = threading.Condition()
        self.last = 0
        self.versions: dict[str, int] = {}
        self.readers = [threading.Thread(target=read) for read in (self._read, self._read_errors)]
        for reader in self.readers:
            reader.start()
        options = {"quickCheckMs": quick}
        self.request("initialize", {"processId": None, "rootUri": None, "capabilities": CAPABILITIES,
                                    "initializationOptions": options})  # fmt: skip
        self.notify("initialized", {})

    def _read(self) -> None:
        stream = self.child.stdout
        assert stream is not None
        while line := stream.readline():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-type":
                continue
            if name.lower() != b"content-length":
                self.broken += repr(line)
                continue
            while stream.readline().strip():
                pass
            self._hear(json.loads(stream.read(int(value))))
        with self.news:
            self.news.notify_all()

    def _read_errors(self) -> None:
        assert self.child.stderr is not None
        while piece := self.child.stderr.read1(65536):  # type: ignore[attr-defined]
            self.errors += piece

    def _hear(self, message: Message) -> None:
        if "id" in message and "method" in message:
            answer = {"success": True} if message["method"] == "window/showDocument" else None
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": answer})
        with self.news:
            self.messages.append({"at": time.monotonic(), **message})
            self.news.notify_all()

    def _send(self, message: Message) -> None:
        data = json.dumps(message).encode()
        assert self.child.stdin is not None
        self.child.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.child.stdin.flush()

    def notify(self, method: str, params: object) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: object) -> int:
        """Sends a request; its number."""
        self.last += 1
        self._send({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params})
        return self.last

    def answer(self, number: int, seconds: float = 60.0) -> Message:
        """The whole answer to a request."""
        return self.wait(lambda m: m.get("id") == number and "method" not in m, seconds=seconds)

    def request(self, method: str, params: object, seconds: float = 60.0) -> Any:
        """The result of a request."""
        message = self.answer(self.ask(method, params), seconds)
        assert "error" not in message, message["error"]
        return message["result"]

    def wait(self, wanted: Callable[[Message], object], since: int = 0, seconds: float = 60.0) -> Message:
        """The first message from number `since` on that is `wanted`."""
        end = time.monotonic() + seconds
        position = since
        with self.news:
            while True:
                while position < len(self.messages):
                    if wanted(self.messages[position]):
                        return self.messages[position]
                    position += 1
                assert not self.broken, self.broken
                left = end - time.monotonic()
                assert left > 0, f"not said: {self.messages[since:]} {self.errors.decode()}"
                assert self.child.poll() is None, self.errors.decode()
                self.news.wait(min(left, 1.0))

    # -- documents

    def open(self, path: Path) -> str:
        """Opens a file; its uri.  No version comes twice, also when it was open before."""
        uri = path.as_uri()
        self.versions[uri] = version = self.versions.get(uri, 0) + 1
        text = path.read_text(encoding="utf-8")
        item = {"uri": uri, "languageId": "pfnspec", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def change(self, uri: str, text: str) -> int:
        """Another text for a document; its version."""
        self.versions[uri] += 1
        document = {"uri": uri, "version": self.versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        return self.versions[uri]

    def save(self, uri: str) -> None:
        self.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    def close(self, uri: str) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def command(self, name: str, **argument: object) -> Any:
        """The result of a command with one object for its argument."""
        return self.request("workspace/executeCommand", {"command": name, "arguments": [argument]})

    def lenses(self, uri: str) -> list[tuple[int, str]]:
        """Line, counted from 1, and title of each lens."""
        found = self.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
        return [(one["range"]["start"]["line"] + 1, one["command"]["title"]) for one in found]

    def published(
        self, uri: str, wanted: Callable[[list[Message]], object], since: int = 0, seconds: float = 60.0
    ) -> list[Message]:
        """The first diagnostics of a document that are `wanted`."""

        def fits(message: Message) -> bool:
            if message.get("method") != "textDocument/publishDiagnostics":
                return False
            return message["params"]["uri"] == uri and bool(wanted(message["params"]["diagnostics"]))

        found = self.wait(fits, since, seconds)["params"]["diagnostics"]
        assert isinstance(found, list)
        return found

    def progress(self, kind: str, since: int = 0, seconds: float = 60.0) -> tuple[str, Message]:
        """Token and value of the first `begin`, `report` or `end` of some progress."""
        message = self.wait(
            lambda m: m.get("method") == "$/progress" and m["params"]["value"]["kind"] == kind, since, seconds
        )
        return message["params"]["token"], message["params"]["value"]

    # -- the end

    def leave(self) -> int:
        """Ends the session as an editor does; the exit status."""
        self.request("shutdown", None)
        self.notify("exit", None)
        status = self.child.wait(20)
        for reader in self.readers:
            reader.join()
        return status

    def kill(self) -> None:
        """Ends the session at once, if it has not ended."""
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        for reader in self.readers:
            reader.join()
        for stream in (self.child.stdin, self.child.stdout, self.child.stderr):
            assert stream is not None
            with suppress(OSError):
                stream.close()


Start = Callable[..., Session]
Opened = Callable[..., tuple[Session, str]]


def line_of(text: str, part: str) -> int:
    """The number, from 0, of the line that has `part` in it."""
    return next(number for number, line in enumerate(text.split("\n")) if part in line)
