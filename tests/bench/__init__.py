"""How fast the program is, beside ordinary bots of the same kind, on the same machine, in one go."""
