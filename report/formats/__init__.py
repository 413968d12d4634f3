"""Results in the forms of other programs, one module each: JSON, JUnit, SARIF, Markdown, GitHub's
annotations, lines for editors, and one HTML page (`html`, with `swimlane` for its drawings).
"""
