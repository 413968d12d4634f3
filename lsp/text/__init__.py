"""What is known of a document: its `analysis`, where `names` stand (`recording_names` those of recordings),
the `symbols` that they stand for; `place` is where somebody writes, `positions` are in the protocol's units.
"""
