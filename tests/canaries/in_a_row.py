"""Several commands one after another in one process: to begin takes most of them longer than to work.

Begun with the name of the door; the commands are a line of JSON. What each says ends with a form feed.
"""

import json
import sys
from importlib import import_module

END = "\f"


def main() -> None:
    """Run the commands up to the first that fails, and end with its exit code."""
    import_module(sys.argv[1])  # it may change what the commands will find
    command = import_module("bot.__main__").main
    for words in json.loads(sys.stdin.readline()):
        try:
            command(words)
        except SystemExit as end:
            if end.code:
                raise
        print(END, end="", flush=True)


if __name__ == "__main__":
    main()
