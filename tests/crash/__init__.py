"""The kill harness: the real program, killed before and after every await, loses and doubles nothing."""
