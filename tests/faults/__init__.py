"""What the program does while its disk is full, broken or held by somebody else."""
