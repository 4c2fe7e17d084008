"""The attack on releases from outside: random populations, integer programs, and a second way of counting."""
