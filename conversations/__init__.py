"""What is asked, what was said, what comes next: pure, without clock, chance or input and output."""
