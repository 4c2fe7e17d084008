"""All attackers on all moments: of crowds in the real stores, and of careless houses."""

import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.linkage.attackers import ONE_SEIZURE
from tests.linkage.careless import BITES, careless
from tests.linkage.clues import SHEETS, TEXTS
from tests.linkage.crowd import Watched, watch
from tests.linkage.measuring import Score, score, summed
from tests.linkage.narrowing import NARROWERS, by_order

TABLES = (SHEETS, TEXTS)
MEMORY = Path("/dev/shm")  # a disk in memory counts its files upwards, which helps attackers, and is quick
FEWEST = 10
"""The fewest people among whom two seizures may leave somebody. Source: ANONYMITY.md."""


def folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder for one crowd."""
    return tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)


async def watched(seed: int, people: int = 300, longest: int = 250) -> Watched:
    """Let a crowd answer through the real stores, and take the files at every moment that matters."""
    with folder() as place:
        return await watch(Path(place) / "data", seed, people, longest)


async def honest(seeds: Iterable[int], people: int = 300) -> tuple[dict[str, Score], Counter[str]]:
    """Let every attacker try the crowds of these seeds; return scores, and whom two seizures narrowed."""
    scores: list[dict[str, Score]] = []
    narrow: Counter[str] = Counter()
    for seed in seeds:
        found = await watched(seed, people)
        scores += [attack_alone(found), attack_pairs(found)]
        narrow.update(narrowed(found))
    return summed(scores), narrow


def bite(attacker: str, seed: int, people: int = 300) -> Score:
    """Let an attacker try the house whose defect it is made to find."""
    with folder() as place:
        seizure, truth = careless(Path(place) / "data", seed, BITES[attacker], people)
    return score(ONE_SEIZURE[attacker](seizure, SHEETS), truth)


def control(seeds: Iterable[int], people: int = 300) -> dict[str, Score]:
    """Let every attacker try houses of the same make without any defect."""
    scores = []
    for seed in seeds:
        with folder() as place:
            seizure, truth = careless(Path(place) / "data", seed, frozenset(), people)
        scores.append({name: score(attack(seizure, SHEETS), truth) for name, attack in ONE_SEIZURE.items()})
    return summed(scores)


def attack_alone(found: Watched) -> dict[str, Score]:
    """Let every attacker with one seizure try every moment, and both kinds of boxes."""
    return {
        f"{name} | {moment} | {table}": score(attack(seizure, table), found.truth[table])
        for name, attack in ONE_SEIZURE.items()
        for moment, seizure in found.alone.items()
        for table in TABLES
    }


def attack_pairs(found: Watched) -> dict[str, Score]:
    """Lay every order of the people beside every order of the boxes, for each pair of seizures."""
    return summed(
        {
            f"{name} | {TWO} | {table}": score(guess, found.truth[table])
            for table in TABLES
            for name, guess in by_order(before, after, table).items()
        }
        for _, before, after in found.pairs
    )


TWO = "before and after a flush"


def narrowed(found: Watched) -> Counter[str]:
    """Count those whom two seizures rightly leave among fewer than ten."""
    count: Counter[str] = Counter()
    for name, narrow in NARROWERS.items():
        for table in TABLES:
            owner = {person: box for box, person in found.truth[table].items()}
            for _, before, after in found.pairs:
                for person, boxes in narrow(before, after, table).items():
                    count[f"{name} | {table}"] += owner.get(person) in boxes and len(boxes) < FEWEST
    return count
