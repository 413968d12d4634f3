"""Results in the forms of other programs, one module each: `data` (JSON), `junit`, `sarif`, `markdown`,
`github` (annotations and summary), `lines` for editors, one HTML page (`html`, made of what is in `page/`,
with `swimlane` for its drawings, `explorer` for stepping freely, `colour` for sources), and `dot` for
Graphviz. `template` finds what is in `page/`, for pages of other rooms too.
"""
