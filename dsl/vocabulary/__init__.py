"""Every word of the language, once: what it is, how it is written, and a line on what it does.

`word` is the form of an entry; `grammar_words` has the words that the grammar knows, `built_in_words` the
names that the checker knows, of which `verb_words` has the verbs, `atomic_words` the atomic operations and
`kernel_words` other spellings, `library_words` those of what is written in the language itself
(`library.pfn`); `lookup` puts them together and answers what the stages ask: which names are reserved, which
words begin a declaration, which methods a lock has. `foreign` has names of the kernel, of C and of Python
that are no words, and what to write instead. `weaker` says which words order, or wake, less than another.

Goes in: nothing. Comes out: tables that never change. The parser, the checker, the gate, the language
server, the editors' files and `docs/words.md` are made from them; a test compares them with the grammar and
the checker.

Open first: `word.py`.
"""
