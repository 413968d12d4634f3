"""What is known of a document: its `analysis`, where `names` stand, `positions` in the protocol's units."""
