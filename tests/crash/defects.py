"""Defects to be planted in the program, to show that the harness finds them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Defect:
    """What is sound in a module, what takes its place, and where a kill brings it to light."""

    module: str
    sound: str
    broken: str
    dies: str


DEFECTS = {
    "acknowledged-first": Defect(
        "bot.telegram.inbox",
        "afterwards = await self._reception.take(update)",
        "self._window.take(update.update_id); self._moved.set(); await asyncio.sleep(0.05);"
        " afterwards = await self._reception.take(update)",
        "before bot.telegram.inbox:Inbox._take:*:self._reception.take(update)",
    ),
    "struck-out-first": Defect(
        "bot.delivery",
        "carried = await self._carrier.carry(",
        "await self._outbox.said(parcel); carried = await self._carrier.carry(",
        "before bot.delivery:Delivery._say_in_order:*:self._carrier.carry(*",
    ),
    "flushed-in-two": Defect(
        "storage.answers",
        "            _rewrite_took_part(db, round_id, sent)",
        "            db.execute('COMMIT'); db.execute('BEGIN'); db.execute('SAVEPOINT unit')\n"
        "            _rewrite_took_part(db, round_id, sent)",
        "before storage.answers:_rewrite_took_part:*:_queries.took_part_of(*",
    ),
}
"""By name: updates acknowledged, prompts struck out and boxes committed before what must come first."""
