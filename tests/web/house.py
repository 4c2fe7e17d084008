"""A small house for web tests: the real dialogue, pages and server; what is kept is kept in memory."""

import asyncio
import tomllib
from contextlib import asynccontextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import ClassVar

from bot.aloud import Aloud
from bot.aloud.playing import Player
from bot.desk import Desk
from bot.dialogue import Dialogue
from bot.i18n import Catalogues
from bot.programme import Programme
from bot.web.app import web_app
from bot.web.releases import Expected, Figures, PublicRelease
from bot.web.server import listen, serve
from bot.web.site import SiteLook
from conversations.benchmark import Benchmark
from conversations.city import City
from conversations.identifiers import Fingerprint, RoundId
from conversations.ports import Known
from conversations.questionnaire import Questionnaire
from conversations.rounds import Round, RoundState
from conversations.session import Status
from conversations.wording import Words
from tests.conftest import NOON

ROOT = Path(__file__).parent.parent.parent
BENCHMARK = ROOT / "conversations/benchmarks/language-learning"
CITY = ROOT / "conversations/cities/port-saule/city.toml"
SECRET = b"a secret that outlasts a restart"


def read(model, path):
    return model.model_validate(tomllib.loads(path.read_text("utf-8")))


@cache
def all_words():
    """The catalogues, read once: reading them is most of what a house costs."""
    return Catalogues.read(ROOT / "locales")


class Drafts:
    """Keeps drafts as a conversation store does, in memory."""

    def __init__(self):
        self.drafts = {}
        self.seen = set()

    async def take_turn(self, update, keys, today, decide):
        if update is not None and update in self.seen:
            return None
        wanted = set(keys.values())
        known = Known(tuple(draft for key, draft in self.drafts.items() if key in wanted), frozenset())
        outcome = decide(known)
        if update is not None:
            self.seen.add(update)
        if outcome.save is not None:
            self.drafts[outcome.save.session.key] = outcome.save
        self.drafts.pop(outcome.erase, None)
        return outcome

    def sent(self):
        return [draft.session for draft in self.drafts.values() if draft.session.status is Status.SENT]


class Rounds:
    """Knows the rounds of this house."""

    def __init__(self, *names):
        parts = (
            read(Questionnaire, BENCHMARK / "questionnaire.toml"),
            read(Benchmark, BENCHMARK / "benchmark.toml"),
            read(City, CITY),
        )
        self.city = parts[2]
        self.documents = {type(part).__name__.lower(): part.model_dump_json(by_alias=True) for part in parts}
        self.rounds = [self.open_round(name) for name in names]

    def open_round(self, name):
        return Round(
            id=RoundId(name),
            name=f"Learning the language, {name}",
            city="port-saule",
            series="learning",
            purpose="monitor",
            benchmark="language-learning",
            state=RoundState.OPEN,
            opens_at=NOON - timedelta(days=1),
            closes_at=NOON + timedelta(days=20),
            timezone="Europe/Brussels",
            languages=("fr", "ar", "en"),
            demonstration=True,
            definitions={kind: Fingerprint(kind) for kind in self.documents},
        )

    async def all(self):
        return self.rounds

    async def definition(self, fingerprint):
        return self.documents.get(fingerprint)


class Secrets:
    def round_secret(self, round_id):
        return round_id.encode().ljust(32, b".")


class Codes:
    """Withdrawal codes that were given out."""

    def __init__(self):
        self.known = {"1234567812345678"}

    async def withdraw(self, round_id, code, key):
        if code not in self.known:
            return False
        self.known.remove(code)
        return True


class Dice:
    def __init__(self):
        self.marks = 0

    def mark(self):
        self.marks += 1
        return f"m{self.marks:05}"

    def withdrawal_code(self):
        return "8765432187654321"


class Shelf:
    """One released round, with a page that carries its own style sheet."""

    page_text = (
        '<!doctype html><html lang="{tag}" dir="auto"><head><title>Results</title>'
        "<style>h1{{color:#123}}</style></head><body><main><h1>Results</h1></main></body></html>"
    )
    files: ClassVar = {"json": b'{"k": 10}\n', "csv": b"question,code\n", "pdf": b"%PDF-", "xlsx": b"PK"}

    async def list(self, skip, most):
        released = PublicRelease(
            round_id="spring",
            name="Learning the language, spring",
            city={"en": "Port-Saule", "ar": "بور سول"},
            released_on=date(2026, 2, 1),
            demonstration=True,
            figures=Figures(
                theme=Words("language-learning.theme", "Learning the language"),
                opened_on=date(2026, 1, 5),
                closed_on=date(2026, 1, 26),
                people=300,
                texts=False,
            ),
        )
        return [released][skip : skip + most]

    async def expected(self):
        day = (NOON + timedelta(days=20)).date()
        name, city = "Learning the language, summer", {"en": "Port-Saule", "ar": "بور سول"}
        return [Expected(name=name, city=city, closes_on=day, closed=False, by_hand=False)]

    async def answer(self, round_id):
        return None

    async def edition(self, round_id):
        return "first" if round_id == "spring" else None

    async def content(self, round_id, form, tag):
        return self.files[form] if form in self.files else self.page_text.format(tag=tag).encode()


class House:
    """The parts, for tests that look behind the page."""

    def __init__(self, *rounds, refuge="https://www.wikipedia.org/", secure=False, aloud=None):
        self.catalogues = all_words()
        self.aloud = aloud or Aloud(self.catalogues, ROOT / "nowhere")
        self.drafts = Drafts()
        kept = Rounds(*(rounds or ("summer",)))
        self.codes = Codes()
        desk = Desk(
            conversations=self.drafts,
            answers=self.codes,
            contacts=None,
            keyring=Secrets(),
            programme=Programme(kept, self.catalogues, "", self.aloud.heard),
            catalogues=self.catalogues,
            now=lambda: NOON,
            chance=Dice(),
            wake=lambda: None,
            pause=lambda _: asyncio.sleep(0),
            aloud=self.aloud,
        )
        self.player = Player(desk.programme, self.aloud, desk.now)
        self.dialogue = Dialogue(desk)
        self.look = SiteLook(
            names=kept.city.name,
            colour=kept.city.colour,
            demonstration=True,
            offered=("fr", "ar", "en"),
            refuge=refuge,
        )
        self.secure = secure
        self.app = self.new_app()

    def new_app(self, listener=None, releases=None):
        """The pages as after a start of the program."""
        return web_app(
            listener=listener or self.dialogue,
            catalogues=self.catalogues,
            releases=releases or Shelf(),
            look=self.look,
            secret=SECRET,
            secure=self.secure,
            player=self.player,
        )


def app_of(house, **more):
    """The pages of a whole household, offered in French, Arabic and English unless `look` says otherwise."""
    look = SiteLook(
        names={"en": "Port-Saule"}, colour="#205080", demonstration=True, offered=("fr", "ar", "en")
    )
    parts = {"releases": Shelf(), "look": look, "secret": SECRET, "secure": False} | more
    return web_app(listener=house.dialogue, catalogues=house.catalogues, **parts)


@asynccontextmanager
async def serving(app):
    """Serve `app` at a free port of this machine and give its address."""
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    stop = asyncio.Event()
    task = asyncio.create_task(serve(app, "127.0.0.1", port, stop))
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        except ConnectionRefusedError:
            await asyncio.sleep(0)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        await task
