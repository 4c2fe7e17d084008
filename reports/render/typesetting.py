"""Sets pages and pictures in type: with the fonts of the program, and out of reach of any file or address."""

import json
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from tempfile import TemporaryDirectory
from typing import Any, Literal

import typst

from reports.render.fonts import font_folders

INCH = 72
"""Points in an inch."""
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""What pictures say of when they were made: nothing."""


def typeset(
    template: str,
    value: Any,
    form: Literal["pdf", "png"],
    *,
    at: datetime = NO_TIME,
    standards: Any = (),
    scale: int = 1,
    package: str = "reports.render",
) -> bytes:
    """Set `value` in type by a template, as it would have been done at `at`; `scale` is pixels of a point.

    The template lies under `templates/` of `package`, with the pieces it imports.

    Everything goes in as values, never as markup. The root is an empty folder, so that no file can be read,
    and there are no packages.
    """
    with TemporaryDirectory() as empty:
        made = typst.compile(
            _templates(package, template),
            root=empty,
            package_path=empty,
            package_cache_path=empty,
            font_paths=_fonts(),
            sys_inputs={"value": json.dumps(value, ensure_ascii=False)},
            timestamp=at,
            format=form,
            ppi=float(INCH * scale),
            pdf_standards=standards or [],
        )
    return bytes(made)


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts of the program, and no others."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(font_folders())
    )


@cache
def _templates(package: str, name: str) -> Any:
    """Return a template with its pieces. Typed `Any`: typst takes a table of files, its types do not."""
    folder = files(package) / "templates"
    return {"main": (folder / name).read_bytes(), "pieces.typ": (folder / "pieces.typ").read_bytes()}
