"""The progress of something that takes long, where the client shows it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from ..server import Server


class WorkDone:
    """One piece of work, shown with its `title` until `end`.  `on_cancel` is called when the user has enough
    of it.  All methods belong to the thread of the server."""

    def __init__(self, server: Server, title: str, on_cancel: Callable[[], None]) -> None:
        self.server = server
        self.title = title
        self.on_cancel = on_cancel
        self.token = f"pfnspec-{secrets.token_hex(8)}"
        self.message = ""
        self.begun = False
        self.ended = False
        window = server.client_capabilities.window
        # The work does not wait for a client that takes its time, or never answers.
        self.creating = asyncio.ensure_future(self._begin()) if window and window.work_done_progress else None

    async def _begin(self) -> None:
        try:
            await self.server.work_done_progress.create_async(self.token)
        except Exception:  # the client refuses: there is no progress to be seen
            return
        tokens = self.server.work_done_progress.tokens
        self.begun = True
        begin = types.WorkDoneProgressBegin(title=self.title, cancellable=True, message=self.message or None)
        self.server.work_done_progress.begin(self.token, begin)
        tokens[self.token].add_done_callback(self._cancelled)
        if self.ended:
            # Short work was done before the client had answered.
            self._say_end()

    def _cancelled(self, token: Future[object]) -> None:
        if not self.ended:
            self.on_cancel()

    def report(self, message: str) -> None:
        """Says how far the work is."""
        if self.ended or message == self.message:
            return
        self.message = message
        if self.begun:
            report = types.WorkDoneProgressReport(message=message, cancellable=True)
            self.server.work_done_progress.report(self.token, report)

    def end(self, message: str) -> None:
        """The work is done, with this to say for itself."""
        self.ended = True
        self.message = message
        if self.begun:
            self._say_end()

    def _say_end(self) -> None:
        end = types.WorkDoneProgressEnd(message=self.message)
        self.server.work_done_progress.end(self.token, end)
        self.server.work_done_progress.tokens.pop(self.token, None)
