"""What came of comparing recordings with a model: `text`, `data` (JSON), `junit`, a `page` (HTML), and
`costs`, a table of lengths for `pfnspec cost`."""
