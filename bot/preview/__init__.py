"""Every screen of a questionnaire as it will look on Telegram and on the web, for translators to read."""

import html
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.app import House
from bot.i18n import LANGUAGES, Catalogues
from bot.scenes import Scene, scenes
from bot.serving import look_of, shelf_of
from bot.telegram.speaking import speak
from bot.web.site import Site
from bot.web.visitor import Door
from conversations.errors import RoundError
from conversations.instrument import Instrument

TEMPLATES = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PHONE = (360, 640)  # pixels of the phones that participants have
ACROSS, DOWN = 4, 3  # screens on one picture
PADDING = 24  # pixels around a screen on a picture
LABEL = 40  # pixels of the name above it
ARGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)
PATIENCE = 60  # seconds for one picture


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: pages to open in a browser, and pictures, none where no browser is installed."""

    pages: tuple[Path, ...]
    pictures: tuple[Path, ...]
    screens: int


def browser() -> str | None:
    """Return the path of an installed Chromium, if there is one."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


async def site_of(house: House) -> Site:
    """Return the web pages of a house, as they would be served."""
    return Site(
        listener=house.dialogue,
        catalogues=house.catalogues,
        releases=shelf_of(house),
        look=await look_of(house, demo=True),
        door=Door(b"preview", secure=False),
    )


def preview(
    instrument: Instrument,
    catalogues: Catalogues,
    site: Site,
    tag: str,
    out: Path,
    chromium: str | None,
    only: str = "",
) -> Made:
    """Write what one language looks like into `out`: `telegram.html`, `web.html`, and pictures of both.

    `only` is a part of the names of the screens that are wanted; all if it is empty.

    Raises:
        RoundError: nothing can be written there, or no screen has such a name.
    """
    shown = [scene for scene in scenes(instrument, catalogues, tag) if only in scene.name]
    if not shown:
        raise RoundError(
            f"no screen's name holds '{only}'; names are such as intro, question-relation, review"
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "web.html").touch()
    except OSError as error:
        raise RoundError(f"{out}: cannot be written ({error.strerror}); name another folder") from None
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    sheet = pages.get_template("sheet.html.jinja")
    written, pictures = [], list[Path]()
    pages_shown = pages_of(shown, catalogues, site)
    framed = [_framed(scene.name, page) for scene, page in zip(shown, pages_shown, strict=True)]
    for channel, bodies in (("telegram", list(_chats(shown))), ("web", framed)):
        cards = [(scene.name, body) for scene, body in zip(shown, bodies, strict=True)]
        language = LANGUAGES[tag]
        said = {"language": language, "channel": channel, "phone": PHONE}
        page = out / f"{channel}.html"
        page.write_text(sheet.render(cards=cards, across=0, **said), "utf-8")
        written.append(page)
        if chromium is not None:
            for number, part in enumerate(_parts(cards), start=1):
                picture = out / f"{channel}-{number:02}.png"
                if _photograph(chromium, sheet.render(cards=part, across=ACROSS, **said), picture):
                    pictures.append(picture)
    return Made(tuple(written), tuple(pictures), len(shown))


def _parts(cards: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    for first in range(0, len(cards), ACROSS * DOWN):
        yield cards[first : first + ACROSS * DOWN]


def _chats(shown: Sequence[Scene]) -> Iterator[str]:
    """Yield each screen as messages with their buttons: exactly what is sent, drawn as Telegram draws it."""
    for scene in shown:
        speech = speak(scene.screen)
        rows = json.loads(speech.keyboard)["inline_keyboard"] if speech.keyboard else []
        texts = "".join(f'<div class="message" dir="auto">{Markup(part)}</div>' for part in speech.parts)
        keys = "".join(
            '<div class="row">'
            + "".join(f"<span>{html.escape(key['text'])}</span>" for key in row)
            + "</div>"
            for row in rows
        )
        yield f'<div class="chat">{texts}<div class="keys">{keys}</div></div>'


def pages_of(shown: Sequence[Scene], catalogues: Catalogues, site: Site) -> Iterator[str]:
    """Yield each screen as the web page it is, whole in itself."""
    for scene in shown:
        page = site.part(
            "conversation.html.jinja",
            catalogues.voice(scene.screen.tag),
            hidden={"proof": "", "once": ""},
            screen=scene.screen,
            toast=None,
            notice=None,
            code=None,
        )
        style = f"<style>{site.style}</style>"
        yield page.replace(f'<link rel="stylesheet" href="{site.style_path}">', style)


def _framed(name: str, page: str) -> str:
    """Return a page in a frame of a phone's size."""
    return (
        f'<iframe title="{html.escape(name)}" width="{PHONE[0]}" height="{PHONE[1]}"'
        f' srcdoc="{html.escape(page)}"></iframe>'
    )


def _photograph(chromium: str, page: str, picture: Path) -> bool:
    """Take a picture of a page; say whether there is one: where not, the page is there all the same."""
    picture.unlink(missing_ok=True)  # an earlier one
    width = ACROSS * (PHONE[0] + 2 * PADDING)
    height = DOWN * (PHONE[1] + LABEL + 2 * PADDING)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "page.html"
        file.write_text(page, "utf-8")
        command = [
            chromium,
            *ARGS,
            f"--user-data-dir={folder}/browser",
            f"--window-size={width},{height}",
            f"--screenshot={picture}",
            file.as_uri(),
        ]
        with suppress(subprocess.TimeoutExpired, OSError):
            subprocess.run(command, check=False, capture_output=True, timeout=PATIENCE)
    return picture.is_file()
