"""The language: from the text of a specification to its model, with every fault as a diagnostic.

    parsed, faults = parse(Source("x.pfn", text))        syntax.parse     text -> tree.Tree | None
    merged, faults = vary(parsed, base)                  checker.variants a variant laid over its base
    model, faults = check(merged, overrides, scenario)   checker.declarations tree -> model.Model | None

Goes in: texts. Comes out: a tree, a model for one scenario, `Diagnostics`. A fault is a value beside
the result, never an exception, and costs as little of the rest as possible. Nothing here reads a file
(but for its own grammar, prelude and explanations), knows TLA+ or programs, or says how a diagnostic
looks.

`vocabulary` has every word of the language, once. `source` is text and places in it, `diagnostics` what is
wrong, `advice` the way out with the change of the text that it means. `toml` reads the tables that stand
beside specifications. `explain` is the long form of what is wrong, from `explanations.txt`, and what the
words of a result mean, from `concepts.txt`.

Open first: `syntax/grammar.lark` for what can be written, `model/model.py` for what it means.
"""
