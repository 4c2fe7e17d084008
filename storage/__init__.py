"""Every keeper of what must last; SQL lives here and nowhere else."""
