"""Every picture of a portfolio, once."""
