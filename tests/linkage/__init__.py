"""Attackers who have the files and want to know whose answers are whose."""
