"""How the server starts and ends, with all that it offers."""

from __future__ import annotations

import logging
import os
import signal
import sys
from types import FrameType

from lsprotocol import types

from .checks import commands
from .features import completion, fixes, hints, hover, navigation, outline, publish, tokens
from .frames import Frames
from .server import Server

FEATURES = (
    publish.register,
    hints.register,
    navigation.register,
    outline.register,
    hover.register,
    completion.register,
    tokens.register,
    fixes.register,
    commands.register,
)
"""The functions that put features on a server."""


def make() -> Server:
    """A server with all its features, which nobody has connected to yet."""
    server = Server()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(_: types.DidChangeWatchedFilesParams) -> None:
        server.reread()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.reread()
        for follow in server.saved:
            follow(params.text_document.uri)

    for register in FEATURES:
        register(server)
    return server


def serve() -> int:
    """Serves one editor on standard input and output until it says that it goes, or is gone."""
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False
    server = make()

    def end() -> None:
        for finish in server.ending:
            finish()

    def stop(number: int, frame: FrameType | None) -> None:
        end()
        # Another thread waits for the client, and nothing but the client can end that.
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    protocol = os.fdopen(os.dup(1), "wb")
    # Whatever else is written to standard output, here or by a child, goes where it does no harm.
    os.dup2(2, 1)
    try:
        server.start_io(stdin=Frames(sys.stdin.buffer), stdout=protocol)  # type: ignore[arg-type]
    finally:
        end()
    return 0
