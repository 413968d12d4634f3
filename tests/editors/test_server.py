"""The language server as the clients of Neovim and Emacs use it: what a user does, and what is then seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
Edit = Callable[..., Any]


LATE = """model late

shared x: range(3)

process p[2]:
    x = self + 1
    assert x == self + 1, "mine"
"""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A project with the model of today's Linux, a variant of it, and a small model that is violated."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pfnspec.toml").touch()
    for name in ("upstream.pfn", "v5_17_speculative_valid.pfn"):
        shutil.copy(ROOT / "examples" / "pfncache" / name, folder / name)
    (folder / "late.pfn").write_text(LATE, encoding="utf-8")
    return folder


START = """
require('pfnspec').setup()
vim.cmd('edit upstream.pfn')
local function at(pattern)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search(pattern, 'cW') > 0, pattern)
end
local function clients()
  return vim.lsp.get_clients and vim.lsp.get_clients({ bufnr = 0 }) or vim.lsp.buf_get_clients(0)
end
until_('the server', function()
  local _, client = next(clients())
  return client and client.initialized
end)
"""


def test_neovim(neovim: Edit, cache: Path) -> None:
    told = neovim(
        START
        + """
-- a mistake, and back
local line = vim.fn.search('gpc.pfn = page')
vim.fn.setline(line, '    gpc.pfn = pagee')
until_('a diagnostic', function() return #vim.diagnostic.get(0) > 0 end)
local found = vim.diagnostic.get(0)[1]
told.fault_at = { found.lnum + 1 == line, found.message, found.code }
vim.cmd('silent undo')
until_('no diagnostic', function() return #vim.diagnostic.get(0) == 0 end)

-- hover
at('invalidate_range_end()$')
vim.lsp.buf.hover()
local float
until_('a window', function()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      float = window
      return true
    end
  end
end)
told.hover = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(float), 0, -1, false)
vim.api.nvim_win_close(float, true)

-- to the definition
vim.lsp.buf.definition()
until_('the definition', function() return vim.fn.getline('.'):match('^def ') end)
told.definition = vim.fn.getline('.')

-- references, into the list of places
at('^shared active')
vim.fn.search('active')
vim.lsp.buf.references()
until_('places', function() return #vim.fn.getqflist() > 0 end)
told.references = #vim.fn.getqflist()
vim.cmd('cclose')

-- rename
at('^def refresh')
vim.fn.search('refresh')
vim.lsp.buf.rename('refill')
until_('the new name', function() return vim.fn.search('^def refill()', 'nw') > 0 end)
told.renamed = { vim.fn.search('^        refill()$', 'nw') > 0, vim.fn.search('\\\\<refresh\\\\>', 'nw') }

-- layout
at('^const VCPUS')
vim.fn.setline('.', 'const   VCPUS:int=2')
if vim.lsp.buf.format then vim.lsp.buf.format() else vim.lsp.buf.formatting_sync() end
told.layout = vim.fn.getline(vim.fn.search('^const *VCPUS', 'nw'))

-- completion, as CTRL-X CTRL-O asks for it
at('gpc.valid = True')
vim.fn.append(vim.fn.line('.'), '    gpc.')
vim.fn.cursor(vim.fn.line('.') + 1, 9)
local place = vim.lsp.util.make_position_params(0, 'utf-16')
place.position.character = 8
local _, answer = next(vim.lsp.buf_request_sync(0, 'textDocument/completion', place, 30000))
told.completion = {}
for _, item in ipairs(answer.result.items or answer.result) do
  table.insert(told.completion, item.label)
end

-- what is declared
local _, outline = next(vim.lsp.buf_request_sync(0, 'textDocument/documentSymbol', place, 30000))
told.symbols = vim.tbl_map(function(symbol) return symbol.name end, outline.result)
""",
        cache,
    )
    assert told["fault_at"][0] is True
    assert told["fault_at"][2] == "unknown-name"
    assert "pagee" in told["fault_at"][1]
    assert any("invalidate_range_end" in line for line in told["hover"])
    assert told["definition"] == "def invalidate_range_end():"
    # Two of them are in the variant, which is not open.
    assert told["references"] == 6
    assert told["renamed"] == [True, 0]
    assert told["layout"] == "const VCPUS: int = 2"
    assert {"lock", "refresh_lock", "valid", "pfn"} <= set(told["completion"])
    assert {"vcpu", "notifier", "eventual_refresh"} <= set(told["symbols"])


def test_neovim_shows_what_is_wrong_in_a_base(neovim: Edit, cache: Path) -> None:
    """The base in a buffer, with a mistake that is not saved, shows in the variant at once, and goes."""
    told = neovim(
        START
        + """
vim.cmd('set hidden')
vim.cmd('edit v5_17_speculative_valid.pfn')
local variant = vim.fn.bufnr('%')
vim.cmd('buffer upstream.pfn')
at('^shared mn_lock')
vim.fn.setline('.', 'shared mn_lok: spinlock')
until_('a diagnostic of the variant', function() return #vim.diagnostic.get(variant) > 0 end)
told.variant = vim.diagnostic.get(variant)[1].message
vim.cmd('silent undo')
until_('no diagnostic', function() return #vim.diagnostic.get(variant) == 0 end)
""",
        cache,
    )
    assert "mn_lock" in told["variant"]


def test_neovim_says_that_there_is_no_program(neovim: Edit, cache: Path) -> None:
    told = neovim(
        """
vim.g.pfnspec_command = 'pfnspec-that-is-not-there'
vim.notify_once = function(message) told.message = message end
require('pfnspec').setup()
vim.cmd('edit upstream.pfn')
told.colours = vim.bo.filetype
""",
        cache,
    )
    assert told == {"message": "pfnspec: there is no program pfnspec-that-is-not-there", "colours": "pfn"}


def test_emacs(emacs: Edit, cache: Path) -> None:
    if emacs("(progn (package-initialize) (if (require 'eglot nil t) t :json-false))") is not True:
        pytest.skip("eglot is missing: the server was not tried in Emacs")
    told = emacs(
        """
(require 'cl-lib)
(package-initialize)
(require 'eglot)
;; It asks before it changes the variant as well.
(fset 'y-or-n-p (lambda (&rest _) t))
(setq eglot-sync-connect t eglot-autoshutdown nil eglot-send-changes-idle-time 0.05)
(defun until (what condition)
  (let ((end (+ (float-time) 60)))
    (while (not (funcall condition))
      (when (> (float-time) end) (error "waited for %s" what))
      (accept-process-output nil 0.05))))
(defun faults ()
  (mapcar (lambda (d) (list (line-number-at-pos (flymake-diagnostic-beg d)) (flymake-diagnostic-text d)))
          (flymake-diagnostics)))
(find-file "upstream.pfn")
(apply #'eglot (eglot--guess-contact))
(let (told)
  (push (eglot-managed-p) told)
  ;; a mistake, and back
  (goto-char (point-min))
  (search-forward "gpc.pfn = page")
  (insert "e")
  (run-hooks 'post-command-hook)
  (eglot--signal-textDocument/didChange)
  (until "a diagnostic" (lambda () (flymake-start) (faults)))
  (push (list (= (caar (faults)) (line-number-at-pos)) (cadar (faults))) told)
  (delete-char -1)
  (eglot--signal-textDocument/didChange)
  (until "no diagnostic" (lambda () (flymake-start) (not (faults))))
  ;; to the definition
  (goto-char (point-min))
  (search-forward "        refresh")
  (call-interactively #'xref-find-definitions)
  (push (buffer-substring (line-beginning-position) (line-end-position)) told)
  ;; rename
  (eglot-rename "refill")
  (push (string-match-p "\\\\_<refresh\\\\_>" (buffer-string)) told)
  ;; layout
  (goto-char (point-min))
  (search-forward "const VCPUS:")
  (insert "    ")
  (eglot--signal-textDocument/didChange)
  (eglot-format-buffer)
  (push (buffer-substring (line-beginning-position) (line-end-position)) told)
  (save-some-buffers t)
  ;; a trace
  (find-file "late.pfn")
  (until "the server" #'eglot-managed-p)
  (pfn-trace)
  (push (with-current-buffer "*pfnspec trace*" (buffer-string)) told)
  (eglot-shutdown (eglot-current-server))
  (nreverse told))
""",
        cache,
    )
    managed, (same_line, message), definition, left, layout, trace = told
    assert "mine, line 7" in trace
    assert "def refill():" in (cache / "v5_17_speculative_valid.pfn").read_text(encoding="utf-8")
    assert managed is True
    assert same_line is True and "pagee" in message
    assert definition == "def refresh():"
    assert left is None
    assert layout == "const VCPUS: int = 2"


def test_neovim_checks(neovim: Edit, cache: Path) -> None:
    """The lens of an assertion checks it; what is violated stands at its line, with the steps before it."""
    told = neovim(
        START.replace("upstream.pfn", "late.pfn")
        + """
local function lens()
  vim.lsp.codelens.refresh()
  for _, one in ipairs(vim.lsp.codelens.get(0)) do
    if one.range.start.line == 6 and one.command.title:match('^check') then return one.command.title end
  end
end
until_('a lens', lens)
told.before = lens()
-- A line has several lenses once there is a trace; the first is taken.
vim.ui.select = function(items, _, choose) choose(items[1], 1) end
vim.fn.cursor(7, 1)
vim.lsp.codelens.run()
until_('what came of it', function() return #vim.diagnostic.get(0) > 0 end)
vim.fn.cursor(1, 1)
vim.diagnostic.goto_next({ float = false })
told.at = vim.fn.line('.')
told.message = vim.diagnostic.get(0)[1].message
told.steps = #(vim.diagnostic.get(0)[1].user_data.lsp.relatedInformation or {})
until_('another lens', function() return lens() ~= told.before end)
told.after = lens()

-- the trace, in a window of its own
local model = vim.api.nvim_get_current_buf()
for _, one in ipairs(vim.lsp.codelens.get(0)) do
  if one.command.title == 'trace' then vim.lsp.commands['pfnspec.trace'](one.command) end
end
until_('the trace', function() return vim.api.nvim_get_current_buf() ~= model end)
told.trace = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')
vim.cmd('close')
require('pfnspec').simulate()
until_('a behaviour', function() return vim.api.nvim_get_current_buf() ~= model end)
told.behaviour = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')
""",
        cache,
    )
    assert told["before"] == "check"
    assert told["after"] == "check (not as expected)"
    assert told["at"] == 7
    assert "mine" in told["message"]
    assert told["steps"] >= 2
    assert told["trace"].startswith("mine, line 7") or "mine, line 7" in told["trace"]
    assert "p[0]" in told["behaviour"] and "x: 0 ->" in told["behaviour"]


def test_neovim_lenses_come_although_the_server_is_slow(neovim: Edit, cache: Path) -> None:
    """Whoever moves about before the server is up is told nothing odd, and has the lenses later."""
    told = neovim(
        """
require('pfnspec').setup({ on_attach = function() told.own = true end })
vim.cmd('edit late.pfn')
vim.cmd('doautocmd CursorHold')
vim.cmd('messages clear')
until_('lenses', function() return #vim.lsp.codelens.get(0) > 0 end)
vim.cmd('doautocmd CursorHold')
told.lenses = #vim.lsp.codelens.get(0)
told.messages = vim.api.nvim_exec('messages', true)
""",
        cache,
    )
    assert told["lenses"] > 0
    assert told["own"] is True
    assert told["messages"] == ""
