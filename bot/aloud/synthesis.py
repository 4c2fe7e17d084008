"""A machine voice that needs no network: espeak-ng, if it is there, makes words into Opus in OGG."""

import asyncio
import os
import re
import wave
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.i18n import LANGUAGES, Said
from conversations.errors import AppError

PROGRAM = "espeak-ng"  # as Debian's package of this name installs it
PATIENCE = 6.0  # seconds for one voice
WORDS_A_MINUTE = 140  # slower than its own 175: most listeners learn the language, or read it with effort
NAMES = {"kmr": "ku"}  # where espeak-ng calls a language otherwise than BCP-47 does
RATE = 24_000  # samples a second, one of the few that Opus knows
LEVEL = 0.9  # of libsndfile, 0 to 1
LONGEST = 4_000  # characters; some four minutes
ENVIRONMENT = ("PATH", "ESPEAK_DATA_PATH")  # nothing else is the synthesiser's business: no token, no folder

Samples = NDArray[np.float32]


class SynthesisError(AppError):
    """The synthesiser did not give any sound."""


class Synthesiser:
    """Runs espeak-ng, or a program that is called like it and answers like it."""

    def __init__(self, program: Path | str = PROGRAM, patience: float = PATIENCE) -> None:
        """Prepare; `patience` is in seconds. A program that is not there only means that nothing is heard."""
        self._program = str(program)
        self._patience = patience
        self._voices: frozenset[str] = frozenset()

    async def prepare(self) -> None:
        """Ask which languages it speaks; none where it is missing or broken."""
        self._voices = frozenset()
        with suppress(SynthesisError):
            listed = (await self._run("--voices")).decode("utf-8", "replace")
            first = [line.split()[1] for line in listed.splitlines()[1:] if len(line.split()) > 1]
            self._voices = frozenset([*first, *re.findall(r"\((\S+) \d+\)", listed)])

    def speaks(self, tag: str) -> bool:
        """Say whether there is a machine voice for a language."""
        return _name(tag) in self._voices

    async def speak(self, lines: Sequence[Said], tag: str) -> bytes:
        """Return lines as Opus in OGG; one that stands in another language is spoken in that one's voice.

        Raises:
            SynthesisError: there is no sound; the words say nothing of the lines.
        """
        if sum(len(line.text) for line in lines) > LONGEST:
            raise SynthesisError("too long to be read aloud")
        parts = []
        for own, group in groupby(lines, key=lambda line: _name(line.tag if self.speaks(line.tag) else tag)):
            text = "\n\n".join(_plain(line.text) for line in group)  # an empty line is a pause
            wav = await self._run(*_wish(own), text=text)
            parts.append(await asyncio.to_thread(_samples, wav))
        return await asyncio.to_thread(_opus, np.concatenate(parts))

    async def _run(self, *words: str, text: str = "") -> bytes:
        """Run the program once: no shell, words on its standard input, killed when it takes too long."""
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                self._program,
                *words,
                stdin=pipe,
                stdout=pipe,
                stderr=asyncio.subprocess.DEVNULL,
                env=environment,
            )
        except OSError as caught:
            raise SynthesisError(f"{PROGRAM} cannot be run ({caught.strerror})") from None
        try:
            async with asyncio.timeout(self._patience):
                heard, _ = await process.communicate(text.encode())
        except TimeoutError:
            raise SynthesisError(f"{PROGRAM} took too long") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()  # not `wait`: it never ends while what was said is not read
        if process.returncode or not heard:
            raise SynthesisError(f"{PROGRAM} failed")
        return heard


def _name(tag: str) -> str:
    base = LANGUAGES[tag].base if tag in LANGUAGES else tag
    return NAMES.get(base, base)


def _wish(name: str) -> tuple[str, ...]:
    """Return what espeak-ng is asked for: a voice, a pace, UTF-8 from standard input, WAV to its output."""
    return "-v", name, "-s", str(WORDS_A_MINUTE), "-b", "1", "--stdin", "--stdout"


def _plain(text: str) -> str:
    """Return words as espeak-ng reads them: European digits, and no brackets that mean sounds to it."""
    digits = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)
    return digits.replace("[[", "[").replace("]]", "]")


def _samples(wav: bytes) -> Samples:
    """Return the sound of a WAV file, at our rate."""
    try:
        with wave.open(BytesIO(wav)) as heard:
            rate, shape = heard.getframerate(), (heard.getnchannels(), heard.getsampwidth())
            frames = heard.readframes(len(wav))
    except (wave.Error, EOFError) as caught:
        raise SynthesisError(f"{PROGRAM} gave no WAV") from caught
    if shape != (1, 2) or not frames or not rate:
        raise SynthesisError(f"{PROGRAM} gave another WAV than one voice of 16 bits")
    whole = np.frombuffer(frames[: len(frames) // 2 * 2], "<i2")
    samples: Samples = whole.astype(np.float32) / np.float32(32_768)
    return samples if rate == RATE else _resampled(samples, rate)


def _resampled(samples: Samples, rate: int) -> Samples:
    """Return the same sound at our rate: its frequencies stay, those that do not fit are left out.

    Whole seconds, with silence at the end, have lengths of small factors: all others take long.
    """
    seconds = -(-len(samples) // rate)
    padded = np.pad(samples, (0, seconds * rate - len(samples)))
    kept = np.fft.rfft(padded)[: seconds * RATE // 2 + 1]
    heard = np.fft.irfft(kept, seconds * RATE) * (RATE / rate)
    return heard[: round(len(samples) * RATE / rate)].astype(np.float32)


def _opus(samples: Samples) -> bytes:
    """Return samples as Opus in OGG."""
    import soundfile  # type: ignore[import-untyped]  # loaded when first needed: most commands never read aloud

    out = BytesIO()
    soundfile.write(out, samples, RATE, format="OGG", subtype="OPUS", compression_level=LEVEL)
    return out.getvalue()
