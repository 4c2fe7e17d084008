"""The words of the gallery: what each picture shows, for those who see it and those who do not."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.web.releases import Format
from reports.disclosure import Publishable
from reports.render.reading import Reading

LANGUAGES = (("en", "English"), ("fr", "French"), ("ar", "Arabic"))
WEIGHED: tuple[Format, ...] = ("html", "pdf", "xlsx", "csv")


def page_of(
    release: Publishable, forms: dict[tuple[Format, str], bytes], factor: str, question: str, **said: object
) -> str:
    """Return the gallery as Markdown, with the release's own print and the weight of each form."""
    manifest = release.document["manifest"]
    facts = [
        ("SHA-256 of the release", f"`{release.sha256}`"),
        ("people, as published", Reading(release).whole.people),
        ("groups shown", f"{manifest['groups_shown']} of {manifest['groups']}"),
        ("key factor in the pictures", f"`{factor}`"),
        *((f"{form} in English", f"{len(forms[form, 'en']) / 1000:,.0f} KB") for form in WEIGHED),
    ]
    written = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown
    ).get_template("gallery.md.jinja")
    return written.render(facts=facts, languages=LANGUAGES, question=question, **said)
