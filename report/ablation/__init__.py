"""What falls without what, shown: `text` as a table beside the code, `data` as JSON."""
