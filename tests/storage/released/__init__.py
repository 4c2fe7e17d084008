"""What each released schema looked like in the middle of a round: dumps as text, and how they were made."""
