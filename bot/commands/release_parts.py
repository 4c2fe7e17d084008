"""Commands about the parts of releases: add one more, verify everything that was ever published."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import House
from bot.bars import watch_boxes
from bot.commands.passphrases import PassphraseFile, content_of, passphrase_of
from bot.commands.rounds import RoundName
from bot.commands.running import out, with_house
from bot.releasing import Part
from bot.verifying import Verdict, VerifiedPart, verify
from conversations.errors import ReleaseError
from conversations.identifiers import RoundId


def add_part(
    round_id: RoundName,
    plan: Annotated[Path, typer.Option(help="The TOML file that says which tables the part has.")],
    passphrase_file: PassphraseFile = "",
) -> None:
    """Add a part to a release, of boxes that staff's passphrase keeps shut; together they must be safe."""
    text = content_of(plan)

    async def act(house: House) -> Part:
        return await house.campaigns.add(
            RoundId(round_id), text, lambda: passphrase_of(passphrase_file), watch_boxes
        )

    part = with_house(act)
    done = "was frozen before" if part.before else "is frozen"
    out(f"{round_id}: part {part.name} {done}, SHA-256 {part.sha256}")


def verify_parts(
    round_id: Annotated[str, typer.Argument(help="Only this round, and those beside it.")] = "",
) -> None:
    """Attack everything ever published once more, from its figures alone, and check every byte."""

    async def act(house: House) -> Sequence[Verdict]:
        return await verify(house.registry, RoundId(round_id) if round_id else None)

    verdicts = with_house(act)
    if not verdicts:
        out("nothing has been released yet")
    for verdict in verdicts:
        _say(verdict)
    faults = sum(_faults(verdict) for verdict in verdicts)
    if faults:
        named = "1 fault" if faults == 1 else f"{faults} faults"
        raise ReleaseError(
            f"{named} in what was published (see above): take it off the web, and restore a backup if bytes"
            " were changed"
        )


def _faults(verdict: Verdict) -> int:
    return len(verdict.examination.faults) + sum(1 for part in verdict.parts if part.fault)


def _say(verdict: Verdict) -> None:
    """Say what was found out about rounds in which the same people may have answered."""
    for part in verdict.parts:
        _say_part(part)
    examination = verdict.examination
    for fault in examination.faults:
        group = ", ".join(f"{by} {level}" for by, level in fault.group.items()) or "everybody"
        out(f"FAULT  {fault.round_id}  {fault.table}, {group}: {fault.said}")
    tried = f"{examination.bounds:,} bounds, {examination.programs:,} integer programs"
    rounds = ", ".join(dict.fromkeys(part.round for part in verdict.parts))
    if not _faults(verdict):
        out(f"{rounds}: nothing gives a small group away ({tried})")


def _say_part(part: VerifiedPart) -> None:
    out(f"{part.round}  {part.part}  SHA-256 {part.sha256}")
    if part.document is None:
        out(f"FAULT  {part.fault}")
        return
    for name, said in _manifest(part.document).items():
        out(f"    {name:<10} {said}")


def _manifest(document: Mapping[str, Any]) -> dict[str, str]:
    """Return what a part says of itself, in words; texts have no tables."""
    manifest = document["manifest"]
    said = {"k": str(document["k"])}
    if "tables" in manifest:
        withheld = ", ".join(f"{rule} {count}" for rule, count in manifest["withheld_by_rule"].items())
        said["tables"] = f"{manifest['tables']}, fallback {'yes' if manifest['fallback'] else 'no'}"
        said["groups"] = f"{manifest['groups_shown']} shown of {manifest['groups']} planned"
        said["withheld"] = withheld or "nothing"
        said["attack"] = _attack(manifest["attack"])
    else:
        texts = sum(len(entry["texts"]) for entry in document["texts"])
        said["texts"] = f"{texts}, of at least {manifest['writers_needed']} writers each time"
    said["software"] = str(manifest["software"])
    return said


def _attack(attack: str | Mapping[str, Any]) -> str:
    """Return what the attack within the release step found; earlier versions have a sentence there."""
    if isinstance(attack, str):
        return attack
    beside = ", ".join(attack["together_with"])
    return (
        f"{attack['method']}: {attack['bounds']:,} bounds, {attack['programs']:,} integer programs,"
        f" {attack['broken']} broken, by {', '.join(attack['attackers'])}"
        + (f"; together with {beside}" if beside else "")
    )
