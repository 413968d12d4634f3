autocmd BufNewFile,BufRead *.pfn setfiletype pfn
