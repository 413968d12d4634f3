"""What falls without what, shown: `text` as a table beside the code, `page` as a page with a margin beside
it, `data` as JSON."""
