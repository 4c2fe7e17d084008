"""From opened answers to what staff may see."""
