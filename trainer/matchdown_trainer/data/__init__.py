"""Data sets as a scheme names them, read, divided and measured as the embedded trainer does it."""
