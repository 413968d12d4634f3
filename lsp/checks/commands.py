"""Checks, traces and simulations for the client: lenses, commands, requests, and what follows from events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from .behaviours import Behaviours
from .checking import Asked, Checking
from .costs import Costs
from .lenses import lenses
from .merged import MergedSteps

if TYPE_CHECKING:
    from ..server import Server


def register(server: Server) -> None:
    """Puts checks on a server: lenses, the commands `pfnspec.check`, `trace`, `simulate`, `cost` and
    `cancel`, `pfnspec/trace`, a quick look at what is saved, and hints of merged steps."""
    checking = Checking(server)
    behaviours = Behaviours(checking)
    costs = Costs(checking, behaviours)
    merged = MergedSteps(checking)
    server.findings.append(checking.diagnostics)
    server.changed += [checking.changed, costs.changed, merged.changed]
    server.saved.append(checking.saved)
    server.hints.append(merged.hints)
    # Pages go first: the client may not wait for the rest.
    server.ending += [behaviours.end, checking.end]

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        return lenses(checking, costs, uri) if uri in server.documents else []

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        milliseconds = _member(params.initialization_options, "quickCheckMs")
        if isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool) and milliseconds >= 0:
            checking.budget = milliseconds / 1000

    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        checking.cancel(None, "the editor goes")

    @server.command("pfnspec.check")
    def check(*arguments: Any) -> None:
        checking.begin(*_asked(server, arguments))

    @server.command("pfnspec.cancel")
    def cancel(*arguments: Any) -> None:
        checking.cancel(_uri(arguments), "cancelled")

    @server.command("pfnspec.trace")
    async def show_trace(*arguments: Any) -> dict[str, object] | None:
        found = await behaviours.trace(*_asked(server, arguments))
        if found is not None:
            behaviours.show(str(found["uri"]), outside=True)
        return found

    @server.command("pfnspec.simulate")
    async def simulate(*arguments: Any) -> dict[str, object] | None:
        seed = _member(arguments[0] if arguments else None, "seed")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
            raise JsonRpcInvalidParams("`seed` is no number from 0 on")
        found = await behaviours.simulate(*_asked(server, arguments), seed)
        if found is not None:
            behaviours.show(str(found["uri"]), outside=False)
        return found

    @server.command("pfnspec.cost")
    async def cost(*arguments: Any) -> dict[str, object] | None:
        uri, _ = _asked(server, arguments)
        found = await costs.cost(uri)
        if found is not None:
            behaviours.show(str(found["uri"]), outside=True)
        return found

    @server.feature("pfnspec/trace")
    async def trace(params: Any) -> dict[str, object] | None:
        return await behaviours.trace(*_asked(server, (params,)))


def _asked(server: Server, arguments: tuple[Any, ...]) -> tuple[str, Asked]:
    """The document that a client names, which is open, and the part of it.  Raises JsonRpcInvalidParams."""
    uri = _uri(arguments)
    if uri is None:
        raise JsonRpcInvalidParams("one argument is expected: {uri, property?, policy?, scenario?}")
    if uri not in server.documents:
        raise JsonRpcInvalidParams(f"{uri} is not open")
    parts = [_member(arguments[0], name) for name in ("property", "policy", "scenario")]
    if any(part is not None and not isinstance(part, str) for part in parts):
        raise JsonRpcInvalidParams("`property`, `policy` and `scenario` are names")
    return uri, Asked(*parts)


def _uri(arguments: tuple[Any, ...]) -> str | None:
    """The document that an only argument names: by itself, or in an object."""
    argument = arguments[0] if len(arguments) == 1 else None
    uri = argument if isinstance(argument, str) else _member(argument, "uri")
    return uri if isinstance(uri, str) else None


def _member(argument: object, name: str) -> Any:
    """A member of a client's object, which may be a mapping or have attributes; None when there is none."""
    if isinstance(argument, dict):
        return argument.get(name)
    return None if isinstance(argument, str) else getattr(argument, name, None)
