"""Where a project begins and what it says of itself: `files`, `configuration` (pfnspec.toml), `paths`
(what is named).
"""
