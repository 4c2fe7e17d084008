"""The web channel: a chat in plain pages that works without JavaScript."""
