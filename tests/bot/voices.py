"""A synthesiser for tests: a small program on the disk that is called like espeak-ng and answers like it."""

import json
import sys
from pathlib import Path

from bot.aloud import Aloud, Synthesiser
from tests.journeys.household import all_words

SCRIPT = """#!{python}
import json, os, struct, sys, time
here = os.path.dirname(os.path.abspath(__file__))
if "--voices" in sys.argv:
    print("Pty Language       Age/Gender VoiceName          File          Other Languages")
    for name in {voices!r}:
        print(f" 5  {{name}}  --/M  Name  some/where  ({{name}}-xx 5)")
    sys.exit()
text = sys.stdin.read()
with open(os.path.join(here, "calls.jsonl"), "a") as calls:
    call = {{"words": sys.argv[1:], "text": text, "names": sorted(os.environ), "process": os.getpid()}}
    calls.write(json.dumps(call) + "\\n")
while os.path.exists(os.path.join(here, "wait")):
    time.sleep(0.005)
while os.path.exists(os.path.join(here, "flood")):
    sys.stdout.buffer.write(bytes(65536))
if os.path.exists(os.path.join(here, "broken")):
    sys.exit(1)
if os.path.exists(os.path.join(here, "odd")):
    sys.stdout.write("no sound at all")
    sys.exit()
frames = b"".join(struct.pack("<h", 8000 if at // 50 % 2 else -8000) for at in range(11025))
shape = struct.pack("<IHHIIHH", 16, 1, 1, 22050, 44100, 2, 16)
head = b"RIFF" + struct.pack("<I", 0x7FFFF024) + b"WAVEfmt " + shape
sys.stdout.buffer.write(head + b"data" + struct.pack("<I", 0x7FFFF000) + frames)
"""


class Machine:
    """The program and its folder; a file there gives a mood: `wait`, `flood` (talks on), `broken`, `odd`."""

    def __init__(self, folder: Path, *voices: str) -> None:
        self.folder = folder / "machine"
        self.folder.mkdir()
        self.program = self.folder / "synthesiser"
        self.program.write_text(SCRIPT.format(python=sys.executable, voices=voices or ("en", "fr", "ar")))
        self.program.chmod(0o755)

    def set(self, mood: str, on: bool = True) -> None:
        if on:
            (self.folder / mood).touch()
        else:
            (self.folder / mood).unlink()

    @property
    def calls(self) -> list[dict]:
        file = self.folder / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def synthesiser(self, patience: float = 5.0) -> Synthesiser:
        return Synthesiser(self.program, patience)


async def aloud_with(folder: Path, machine: Machine | None = None, patience: float = 3.0) -> Aloud:
    """Something that reads aloud: recordings under `folder`, a machine perhaps."""
    synthesiser = machine.synthesiser() if machine else Synthesiser(folder / "not-there")
    aloud = Aloud(all_words(), folder, synthesiser, patience)
    await aloud.prepare()
    return aloud
