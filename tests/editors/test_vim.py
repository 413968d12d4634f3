"""The files for Vim, in Vim and in Neovim."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
Edit = Callable[..., Any]
both = pytest.mark.parametrize("vim", ["vim", "nvim"], indirect=True)

TYPED = """process p:
while True:
if x == {1,
2}:
return
else:
foo(1,
2
)
break
either:
pass
or:
pass"""
SHOWN = """process p:
    while True:
        if x == {1,
            2}:
            return
        else:
            foo(1,
                2
            )
            break
        either:
            pass
        or:
            pass"""


@both
def test_indentation_as_one_types(vim: Edit) -> None:
    typed = TYPED.replace("\n", "\\n")
    script = f'edit typed.pfn\nexecute "normal! i{typed}"\nlet g:told = getline(1, "$")'
    assert vim(script) == SHOWN.split("\n")


@both
def test_a_file_in_its_layout_stays_as_it_is(vim: Edit) -> None:
    """Some examples, indented anew."""
    script = f"""
let g:told = []
for name in glob('{ROOT}/examples/*/[lu]*.pfn', 1, 1) + ['{ROOT}/dsl/checker/prelude.pfn']
  execute 'edit' fnameescape(name)
  let before = getline(1, '$')
  silent normal! gg=G
  call add(g:told, [name, before ==# getline(1, '$')])
  set nomodified
endfor
"""
    told = vim(script)
    assert len(told) > 5
    assert [name for name, same in told if not same] == []


WORDS = {
    "process": "Declaration", "vcpu": "Name", "while": "Statement", "not": "Operator", "None": "Constant",
    "rwlock": "Type", "cond_resched": "Verb", "maybe": "Function", "self": "Variable", "write": "Method",
    "use": "Label", "deadlock": "Check", "violated": "Verdict", "spin": "Policy", "unlimited": "Setting",
    "7": "Number", "a text": "String", "a remark": "Comment", "what it is": "Docstring", "label": "Statement",
}  # fmt: skip
COLOURED = '''"""what it is"""
model m
shared l: rwlock
process vcpu[7]:
    while not maybe():
        with l.write():
            x = None  # a remark
            label use
            assert self == 0, "a text"
            cond_resched()
scenario s:
    cpus = unlimited
expect deadlock violated under spin
'''


@both
def test_colours(vim: Edit, tmp_path: Path) -> None:
    (tmp_path / "coloured.pfn").write_text(COLOURED, encoding="utf-8")
    script = f"""
edit coloured.pfn
let g:told = {{}}
for word in {list(WORDS)}
  call cursor(1, 1)
  let at = searchpos('\\V\\<' .. word .. '\\>', 'cW')
  let g:told[word] = synIDattr(synID(at[0], at[1], 1), 'name')
endfor
"""
    assert vim(script) == {word: f"pfn{group}" for word, group in WORDS.items()}


@both
def test_a_lock_s_name_is_not_taken_for_a_method(vim: Edit, tmp_path: Path) -> None:
    (tmp_path / "field.pfn").write_text("process p:\n    with gpc.lock.read():\n        gpc.lock = on\n")
    script = """
edit field.pfn
let g:told = map([[2, 14], [2, 19]], {_, at -> synIDattr(synID(at[0], at[1], 1), 'name')})
"""
    assert vim(script) == ["pfnField", "pfnMethod"]


@both
def test_make_fills_the_quickfix_list(vim: Edit, models: Path) -> None:
    """What is violated comes first, then its steps, each at its place."""
    script = """
edit waits.pfn
silent make --engine interpreter | let g:after = 1
let g:told = map(getqflist(), {_, e -> [bufname(e.bufnr), e.lnum, e.col, e.type, e.text, e.valid]})
let g:told = [line('.'), col('.'), g:after, g:told]
"""
    line, column, after, found = vim(script, models)
    assert after == 1
    assert (line, column) == (12, 5)
    assert found[0] == [
        "waits.pfn",
        12,
        5,
        "E",
        "violated[deadlock]: under halt_poll: Tasks wait for each other",
        1,
    ]
    assert found[1] == ["waits.pfn", 8, 1, "I", "step 1 waiter starts", 1]
    assert found[2][:4] == ["waits.pfn", 12, 16, "I"]
    assert all(valid for *_, valid in found)


@both
def test_make_shows_diagnostics(vim: Edit, models: Path) -> None:
    script = """
edit faulty.pfn
silent make
let Told = {_, e -> [bufname(e.bufnr), e.lnum, e.col, e.type, split(e.text, ':')[0], e.valid]}
let g:told = map(getqflist(), Told)
"""
    assert vim(script, models) == [
        ["faulty.pfn", 4, 1, "E", "error[declared-twice]", 1],
        ["faulty.pfn", 3, 1, "I", "it stands here", 1],
        ["faulty.pfn", 7, 5, "E", "error[unknown-name]", 1],
    ]


@both
def test_format(vim: Edit, models: Path) -> None:
    script = """
edit waits.pfn
call setline(3, 'policies   halt_poll   # all')
call cursor(12, 5)
PfnFormat
let told = [getline(3), line('.'), line('$')]
edit! faulty.pfn
call setline(6, 'process p p:')
PfnFormat
let found = filter(getqflist(), 'v:val.valid')
let g:told = told + [getline(6), map(found, {_, e -> [bufname(e.bufnr), e.lnum]})]
"""
    assert vim(script, models) == ["policies halt_poll  # all", 12, 15, "process p p:", [["faulty.pfn", 6]]]
