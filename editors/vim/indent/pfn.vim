" Vim indent file
" Language: pfnspec's specifications of kernel protocols

if exists("b:did_indent")
  finish
endif
let b:did_indent = 1

setlocal nolisp autoindent
setlocal indentexpr=GetPfnIndent(v:lnum)
setlocal indentkeys=0),0],0},<:>,!^F,o,O,e
let b:undo_indent = "setlocal ai< inde< indk< lisp<"

if exists("*GetPfnIndent")
  finish
endif

let s:quoted = 'synIDattr(synID(line("."), col("."), 1), "name") =~# "pfn\\%(Comment\\|String\\|Docstring\\)"'

" The line on which the bracket that is open at the beginning of line `number` stands; 0: none is.
function! s:Opener(number) abort
  call cursor(a:number, 1)
  return searchpair('[[({]', '', '[])}]', 'bnW', s:quoted, max([1, a:number - 60]))
endfunction

" The first line of the statement that line `number` belongs to.
function! s:Start(number) abort
  let number = a:number
  while s:Opener(number) > 0
    let number = s:Opener(number)
  endwhile
  return number
endfunction

function! s:InDocstring(number) abort
  return synIDattr(synID(a:number, 1, 1), "name") ==# "pfnDocstring" && getline(a:number) !~# '^"""'
endfunction

" Where a branch stands: as one of those that it may belong to, the nearest unless it stands already.
function! s:Branch(number, limit, above) abort
  let heads = getline(a:number) =~# '^\s*or\>' ? 'either\|or' : 'if\|elif'
  let [limit, found, line] = [a:limit, -1, a:above]
  while line > 0 && limit >= 0
    if getline(line) =~# '\S' && indent(line) <= limit && !s:InDocstring(line)
      if getline(line) =~# '^\s*\%(' .. heads .. '\)\>'
        if indent(line) == indent(a:number)
          return -1
        endif
        let found = found < 0 ? indent(line) : found
      endif
      let limit = indent(line) - 1
    endif
    let line -= 1
  endwhile
  return found
endfunction

" What is above says how deep a line stands at least; how far it goes back only its author knows, so that
" a line is left where it is unless it must move.
function! GetPfnIndent(number) abort
  let above = prevnonblank(a:number - 1)
  if above == 0
    return 0
  elseif s:InDocstring(a:number)
    return -1
  endif
  while s:InDocstring(above) && above > 1
    let above -= 1
  endwhile
  let kept = getcurpos()
  let opener = s:Opener(a:number)
  let start = s:Start(above)
  call setpos('.', kept)
  if opener > 0
    return indent(opener) + (getline(a:number) =~# '^\s*[])}]' ? 0 : shiftwidth())
  endif
  let opens = substitute(getline(above), '\s*#[^"'']*$', '', '') =~# ':\s*$'
  if getline(a:number) =~# '^\s*\%(elif\>.*\|else\|or\)\s*:'
    return s:Branch(a:number, indent(start) - (opens ? 0 : 1), start)
  elseif opens
    return indent(start) + shiftwidth()
  elseif getline(start) =~# '^\s*\%(return\|break\|continue\)\>' && indent(a:number) >= indent(start)
    return indent(start) - shiftwidth()
  endif
  return -1
endfunction
