" Vim compiler file
" Compiler: pfnspec check

if exists("current_compiler")
  finish
endif
let current_compiler = "pfnspec"

if exists(":CompilerSet") != 2
  command -nargs=* CompilerSet setlocal <args>
endif

let s:kept = &cpo
set cpo&vim

" What is given to :make comes behind the file, so that `:make | copen` does what it says.
execute 'CompilerSet makeprg=' .. escape(get(g:, 'pfnspec_command', 'pfnspec'), ' \|"') .. '\ check\ --format\ lines\ %:S'

" A kind, what it is about in brackets, and the text: all of it is worth reading.
CompilerSet errorformat=
      \%E%f:%l:%c:\ %\\%%(error%\\\|violated%\\)%\\@=%m,
      \%W%f:%l:%c:\ %\\%%(warning%\\)%\\@=%m,
      \%I%f:%l:%c:\ %\\%%(expected%\\\|undecided%\\)%\\@=%m,
      \%I%f:%l:%c:\ note:\ %m,
      \%I\ \ %f:%l:%c:\ %m,
      \%+Epfnspec:\ %m,
      \%-G%.%#

let &cpo = s:kept
unlet s:kept
