"""Many projects at once: read, classified in bulk, counted, compared, reported."""
