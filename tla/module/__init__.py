"""TLA+ as text: pages that are written, values that are read.

`page` is a module and its cfg, printed through `module.tla.j2` and `model.cfg.j2`; `precedence` says where
parentheses are needed; `values` is the syntax of TLC's values, both ways. What a page
means is not known here.
"""
