"""Checking what has a value: what names stand for, which sorts fit, what constants come to.

`scope` what a name stands for at a place (`Names` of the specification, `Scope` of the place);
`expressions` expression by expression; `arguments` what its calls are given; `domains` what is ranged over;
`operators` whether a value fits; `places` fields, elements, labels; `objects` what references lead to;
`words` values of words; `names` what is said of a name without a value; `settle` type expressions and
constants; `starts` initial values.
"""
