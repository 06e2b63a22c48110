"""Cases, proposals and decisions, kept in a database."""
