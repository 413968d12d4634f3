"""What `pfnspec gate` found, as `text`, as `markdown` and annotations, as `data`."""
