"""The same stores in memory, with the same promises; sessions go through JSON at every turn."""
