"""Thousands of simulated series: random calendars, downtime, two processes, beside a plain model."""
