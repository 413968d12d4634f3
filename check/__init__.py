"""One check as a whole: files in, verdicts out; how they are shown is not known here."""
