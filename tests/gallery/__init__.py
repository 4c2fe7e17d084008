"""Pictures of a simulated round's release, for people who have not installed anything."""
