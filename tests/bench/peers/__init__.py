"""Ordinary bots to compare with, each a program of its own, written as their libraries' examples are."""
