"""Takes pictures: of pages in Chromium, of a PDF's pages through Typst, and lays several side by side."""

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from playwright.async_api import Browser, async_playwright

ARGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
QUALITY = 70  # of JPEG, in percent: letters stay sharp, and the whole gallery stays under 1.5 MB
GAP = 12  # pixels between pictures that stand side by side
PRINT = 72.0  # pixels per inch of a printed page: A4 is 595 pixels wide
TO_TARGET = "name => document.getElementById(name).scrollIntoView({block: 'start', behavior: 'instant'})"
CHART = 800  # pixels: a chart is as wide in the gallery


class Camera:
    """A browser that is looked into."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    async def look(self, page: str, width: int, height: int, *, at: str | None = None) -> bytes:
        """Return what a window of this size shows of a page, from its top or from the part called `at`."""
        context = await self._browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="light", reduced_motion="reduce"
        )
        shown = await context.new_page()
        await shown.set_content(page)
        if at is not None:
            await shown.evaluate(TO_TARGET, at)
        picture = await shown.screenshot(type="png")
        await context.close()
        return picture

    async def smaller(self, picture: bytes) -> bytes:
        """Return a picture as a narrower PNG."""
        source = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
        context = await self._browser.new_context(viewport={"width": CHART, "height": 600})
        shown = await context.new_page()
        await shown.set_content(f'<body style="margin:0"><img src="{source}" width="{CHART}"></body>')
        smaller = await shown.locator("img").screenshot(type="png")
        await context.close()
        return smaller

    async def beside(self, pictures: Sequence[bytes]) -> bytes:
        """Return pictures side by side as one JPEG; a single one only becomes a JPEG."""
        sources = [f"data:image/png;base64,{base64.b64encode(picture).decode()}" for picture in pictures]
        images = "".join(f'<img src="{source}">' for source in sources)
        row = f"display:inline-flex;align-items:flex-start;gap:{GAP}px;background:#8b8379"
        page = f'<body style="margin:0"><div style="{row}">{images}</div></body>'
        context = await self._browser.new_context(viewport={"width": 2400, "height": 1400})
        shown = await context.new_page()
        await shown.set_content(page)
        picture = await shown.locator("div").screenshot(type="jpeg", quality=QUALITY)
        await context.close()
        return picture


@asynccontextmanager
async def camera(chromium: Path) -> AsyncIterator[Camera]:
    """Start the browser, and end it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield Camera(browser)
        await browser.close()


def printed_page(pdf: bytes, page: int) -> bytes:
    """Return one page of a PDF as PNG, counted from 1."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "release.pdf").write_bytes(pdf)
        (place / "page.typ").write_text(
            f'#set page(paper: "a4", margin: 0pt)\n#image("release.pdf", page: {page}, width: 100%)', "utf-8"
        )
        picture = typst.compile(place / "page.typ", format="png", ppi=PRINT)
    assert isinstance(picture, bytes)
    return picture
