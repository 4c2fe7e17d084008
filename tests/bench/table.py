"""What was measured, as a table, and whether it is what was wanted."""

from collections.abc import Iterator, Mapping, Sequence

from tests.bench.bots import CONVERSATION, CONVERSATION_PRESSED, ECHO, OURS, STATES, STATES_PRESSED, Bot
from tests.bench.measuring import PACE, PEOPLE, Figures

Results = dict[tuple[Bot, float], Figures]

HEAD = (
    f"{'bot':42}{'upd/s':>7}{'CPU ms':>8}{'req/upd':>9}{'p50 ms':>8}{'p99 ms':>8}{'CPU ms':>8}{'MB':>6}"
    f"{'ended':>7}{'stuck':>7}{'busy':>6}{'held up':>9}"
)
NOTES = (
    f"Saturated: {PEOPLE} people who answer as soon as they are asked; ours stand spread over their survey.",
    f"p50, p99 and the CPU behind them: {PACE:.0f} updates/s offered, from an update's birth until its reply",
    "arrived; '-' where a bot cannot keep that pace. The delay is added to every answer of Telegram's,",
    "those of getUpdates too. Typed: one request answers an update; pressed: two do, as in this program",
    "(answerCallbackQuery, editMessageText). CPU: user and system, all threads. Busy: the share of the time",
    "in which the bot used its core; held up: in which other programs did, which should be nearly nothing.",
    "This program's own pace (1 message/s per chat, 25/s overall: Telegram's limits) is lifted for this",
    "measurement; the other bots keep no pace at all.",
)


def written(results: Mapping[tuple[Bot, float], Figures], delays: Sequence[float]) -> list[str]:
    """Return table, ratios and targets as lines."""
    lines: list[str] = []
    for delay in delays:
        lines += [f"{delay * 1_000:.0f} ms to Telegram", HEAD]
        lines += [_row(bot.name, figures) for (bot, of), figures in results.items() if of == delay]
        lines.append("")
    lines += [*NOTES, ""]
    return lines + list(_targets(results, *delays))


def _row(name: str, figures: Figures) -> str:
    return (
        f"{name:42}{figures.rate:7.0f}{figures.cpu:8.2f}{figures.requests:9.2f}{_time(figures.p50):>8}"
        f"{_time(figures.p99):>8}{_time(figures.paced_cpu, 2):>8}{figures.memory:6.0f}{figures.finished:7}"
        f"{figures.stuck:7}{figures.busy:6.0%}{figures.held_up:9.0%}"
    )


def _time(milliseconds: float | None, places: int = 1) -> str:
    return "-" if milliseconds is None else f"{milliseconds:.{places}f}"


def _targets(results: Mapping[tuple[Bot, float], Figures], near: float, far: float) -> Iterator[str]:
    ours, ours_far = results[OURS, near], results[OURS, far]
    if (ECHO, near) in results:
        echo, conversation, states = (results[bot, near] for bot in (ECHO, CONVERSATION, STATES))
        ratio = ours.rate / conversation.rate
        yield _target("updates/s, ours to ConversationHandler", ratio, ratio >= 2, "at least 2, goal 2.5")
        pressed = ours.rate / results[CONVERSATION_PRESSED, near].rate
        yield _target("  the same, both by pressed buttons", pressed, pressed >= 2, "at least 2, goal 2.5")
        ratio = ours.rate / states.rate
        yield _target("updates/s, ours to aiogram", ratio, ratio > 1, "more than 1")
        pressed = ours.rate / results[STATES_PRESSED, near].rate
        yield _target("updates/s, ours to aiogram's, both pressed", pressed, pressed > 1, "more than 1")
        ratio = ours.cpu / echo.cpu
        yield _target("CPU per update, ours to the bare echo", ratio, ratio <= 0.5, "at most 0.5")
    ratio = ours_far.rate / ours.rate
    yield _target(f"updates/s, with {far * 1_000:.0f} ms to without", ratio, ratio >= 0.8, "at least 0.8")
    memory = max(ours.memory, ours_far.memory)
    yield _target("peak memory in MB", memory, memory < 100, "under 100")


def _target(what: str, value: float, reached: bool, wanted: str) -> str:
    return f"{what:42}{value:7.2f}   {wanted:22}{'reached' if reached else 'NOT REACHED'}"
