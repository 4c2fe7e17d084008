"""Every way in and out: command line, channels, use cases, and the wiring of it all."""
