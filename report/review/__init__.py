"""What `pfnspec gate` found, as text, as Markdown and annotations, as data."""
