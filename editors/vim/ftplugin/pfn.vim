" Vim filetype plugin
" Language: pfnspec's specifications of kernel protocols

if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1

let s:kept = &cpo
set cpo&vim

setlocal expandtab shiftwidth=4 softtabstop=4 tabstop=8
setlocal comments=b:# commentstring=#\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal foldmethod=indent foldlevel=99
let &l:include = '\<varies\s\+"'
setlocal define=^\\s*\\%(def\\\|process\\\|policy\\\|class\\\|enum\\\|type\\\|const\\\|shared\\\|ghost\\)
setlocal suffixesadd=.pfn

if !exists("current_compiler")
  compiler pfnspec
endif

" The canonical layout, for those who have no language server; what does not parse is left as it is.
command! -buffer -bar PfnFormat call s:Format()

function! s:Format() abort
  let view = winsaveview()
  let lines = systemlist(get(g:, 'pfnspec_command', 'pfnspec') .. ' fmt -', getline(1, '$'))
  if v:shell_error
    let name = bufname('%')
    cgetexpr map(lines, {_, line -> substitute(line, '^\(\s*\)-\ze:\d', '\1' .. escape(name, '\&~'), '')})
    echohl ErrorMsg | echomsg 'pfnspec: not formatted' | echohl None
    return
  endif
  if lines !=# getline(1, '$')
    silent keepjumps call setline(1, lines)
    silent! execute 'keepjumps ' .. (len(lines) + 1) .. ',$delete _'
  endif
  call winrestview(view)
endfunction

let b:undo_ftplugin = "setlocal et< sw< sts< ts< com< cms< fo< fdm< fdl< inc< def< sua< | silent! delcommand -buffer PfnFormat"

let &cpo = s:kept
unlet s:kept
