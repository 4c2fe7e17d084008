"""Colours made from a city's own one, so that words on and in it can always be read."""

from functools import cache

PAPER, NIGHT = "#faf7f2", "#191714"  # page backgrounds of bot/web/style.css, by day and by night
CARD, NIGHT_CARD = "#ffffff", "#24211e"  # what bubbles and buttons stand on
READABLE = 4.8  # a little over the 4.5:1 that normal text needs. Source: WCAG 2.2, 1.4.3


def _channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of `#rrggbb`, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour. Source: WCAG 2.2, "relative luminance"."""
    shares = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return how well two colours stand out from each other, 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def blend(colour: str, into: str, share: float) -> str:
    """Return `share` of `colour` with the rest of `into`."""
    pairs = zip(_channels(colour), _channels(into), strict=True)
    return "#" + "".join(f"{round(one * share + other * (1 - share)):02x}" for one, other in pairs)


def legible(colour: str, *grounds: str, towards: str) -> str:
    """Return `colour`, moved just far enough `towards` black or white to be read on all `grounds`."""
    for step in range(21):
        moved = blend(towards, colour, step / 20)
        if all(contrast(moved, ground) >= READABLE for ground in grounds):
            return moved
    return towards


@cache
def city_colours(colour: str) -> dict[str, str]:
    """Return the variables of the stylesheet for a city's colour: by day, and `night_` ones."""
    wash, night_wash = blend(colour, CARD, 0.12), blend(colour, NIGHT_CARD, 0.3)
    ink = legible(colour, PAPER, CARD, wash, towards="#000000")
    night_ink = legible(colour, NIGHT, NIGHT_CARD, night_wash, towards="#ffffff")
    return {
        "ink": ink,
        "on_ink": "#ffffff",
        "wash": wash,
        "night_ink": night_ink,
        "night_on_ink": NIGHT,
        "night_wash": night_wash,
    }
