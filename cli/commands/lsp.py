"""`pfnspec lsp`."""

from __future__ import annotations

import argparse

from ..write import complain


def run(options: argparse.Namespace) -> int:
    """Serves one editor until it goes; 4 when the library for it is not installed."""
    try:
        from ...lsp.start import serve
    except ModuleNotFoundError as fault:
        if (fault.name or "").split(".")[0] not in ("pygls", "lsprotocol"):
            raise
        complain(
            f"{fault.name} is not installed; the language server is an extra, "
            "install it with `pip install 'pfnspec[lsp]'`"
        )
        return 4
    return serve()
