"""What is known of a document: its `analysis`, where `names` stand (`recording_names` those of recordings),
`positions` in the protocol's units.
"""
