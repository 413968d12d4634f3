"""Verdicts while one writes: checks in the background, lenses and commands that ask for them, findings as
diagnostics.
"""
