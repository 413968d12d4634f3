"""Text to tree, and back to text in canonical layout.

`parse.parse` is the stage: `lexer` has the tokens of any text; `layout` cuts a file into logical lines
and declarations and makes tokens of the indentation; `memory` keeps what was read before; Lark reads
each declaration by `grammar.lark`, with `tables` that are kept between runs; `build` makes nodes of
`tree`, `tree_expressions`, `tree_measures` and `tree_recordings`, each with its span; after a fault
`recover` goes on behind the line, and `misfits` and `habits` find the words for it. `fmt.format_source`
prints a file anew.

Comes out: `tree.Tree` as it is written, no name looked up. Rules of the grammar and classes of the tree
have the same names.
"""
