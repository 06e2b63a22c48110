"""The players' pages: plain HTML on routes of their own, so that a phone needs little and the server can serve hundreds."""

HOME = "/spela"
"""Where the players' pages lie."""
