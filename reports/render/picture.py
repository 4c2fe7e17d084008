"""One question as a picture, SVG or PNG: what was asked, each side's bar, every figure in a table below."""

from conversations.errors import ReleaseError
from conversations.wording import say
from reports.disclosure import Publishable
from reports.render.canvas import Canvas, Caption, png, svg
from reports.render.chart import Chart, Column, Row, chart, who
from reports.render.reading import Answer, Reading
from reports.render.shades import GREY, INK, PALE, PAPER, SHADES, hatch, levelled, on
from reports.render.voice import Voice, dashed
from reports.render.widths import width_of

WIDTH, MARGIN = 800, 24
BAR, THIN = 34, 13  # points: a divided bar, and one of several under each other
FIGURE = 148  # points: a column of figures
WIDER = 1.08  # how much wider bold words are
NO_FIGURE = "–"
ENDS = ".।"
"""Signs with which sentences end; before a colon they are left out."""


def svg_of(release: Publishable, question: str, voice: Voice) -> bytes:
    """Return one question of a release as SVG.

    Raises:
        ReleaseError: the release has no figures of such a question.
    """
    return svg(*_draw(release, question, voice))


def png_of(release: Publishable, question: str, voice: Voice) -> bytes:
    """Return one question of a release as PNG.

    Raises:
        ReleaseError: the release has no figures of such a question.
    """
    return png(*_draw(release, question, voice))


def pictures_of(release: Publishable, question: str, voice: Voice) -> dict[str, bytes]:
    """Return one question of a release in every form of a picture, by form.

    Raises:
        ReleaseError: the release has no figures of such a question.
    """
    drawn = _draw(release, question, voice)
    return {"svg": svg(*drawn), "png": png(*drawn)}


def drawable(release: Publishable) -> list[str]:
    """Return the questions that can be drawn: who answered first, then factor by factor."""
    return list(_charts(Reading(release)))


def _charts(reading: Reading) -> dict[str, Chart]:
    """Return every question as it is drawn, by id."""
    asked = [q for factor in reading.benchmark["key_factors"] for q in reading.asked_for(factor["key"])]
    told = {one.id: levelled(one) for one in who(reading)}
    return told | {question: chart(reading, question) for question in asked}


def _draw(release: Publishable, question: str, voice: Voice) -> tuple[Canvas, float, Caption]:
    """Draw one question; return the sheet, its height, and what it says of itself."""
    reading = Reading(release)
    charts = _charts(reading)
    if question not in charts:
        raise ReleaseError(f"the release has no question '{question}'; it has {', '.join(charts)}")
    picture = _Picture(reading, charts[question], voice)
    height = picture.drawn()
    return picture.canvas, height, picture.caption()


class _Picture:
    """A picture that grows downwards: `_y` is where the next line goes."""

    def __init__(self, reading: Reading, shown: Chart, voice: Voice) -> None:
        self.canvas = Canvas(WIDTH, voice.direction)
        self._reading = reading
        self._chart = shown
        self._voice = voice
        self._y = float(MARGIN)

    def drawn(self) -> float:
        """Draw everything from top to end, and return the height."""
        self._heading()
        if self._chart.several:
            self._table(thin=True)
        else:
            for column in self._chart.columns:
                self._column(column)
            self._table(thin=False)
        self._small_print()
        return self._y + MARGIN / 2

    def caption(self) -> Caption:
        """Return every figure in words, for whoever cannot see the picture."""
        say_ = self._voice.say
        told = []
        for column in self._chart.columns:
            figures = [
                f"{say_(row.label)}: {self._figure(answer)}"
                for row, answer in column.figures(self._chart.rows)
            ]
            titled = dashed(self._voice, *(part.rstrip(ENDS) for part in self._told(column)))
            told.append(f"{titled}: {'; '.join(figures)}.")
        title = f"{say_(self._chart.label)} ({self._subtitle()})"
        return Caption(title, " ".join(told), self._voice.tag, self._reading.sha256)

    def _heading(self) -> None:
        """Write what was asked, and where and when."""
        if self._reading.round["demonstration"]:
            self._lines(self._voice.say(say("release.demonstration")), 12, colour=GREY)
        self._lines(self._voice.say(self._chart.label), 18, bold=True)
        self._lines(self._subtitle(), 12, colour=GREY)
        if self._chart.several:
            self._lines(self._voice.say(say("release.several")), 12, colour=GREY)
        if self._chart.only is not None:
            self._lines(self._voice.say(say("release.only", side=self._chart.only)), 12, colour=GREY)
        self._y += 10

    def _subtitle(self) -> str:
        reading = self._reading
        dates = say("release.dates", opened=reading.opened_on, closed=reading.closed_on)
        city = self._voice.say(reading.city())
        return dashed(self._voice, city, reading.round["name"], self._voice.say(dates))

    def _titled(self, column: Column) -> str:
        return dashed(self._voice, *self._told(column))

    def _told(self, column: Column) -> list[str]:
        """Return a group's title, how many answered, and what to know when reading it."""
        people = column.group.people
        told = [say("release.people_answered", people=people)] if people is not None else []
        return [self._voice.say(part) for part in (column.title, *told, *column.notes)]

    def _column(self, column: Column) -> None:
        """Draw a group's bar, divided by answers; where its shares are withheld, its title says so alone."""
        self._lines(self._titled(column), 13, bold=True)
        if not column.group.has_shares:
            self._y += 12
            return
        self._y += 16
        whole = WIDTH - 2 * MARGIN
        self.canvas.bar(MARGIN, self._y, whole, BAR, PAPER)
        for part in self._chart.segments(column):
            x, width = MARGIN + part.start * whole, part.width * whole
            self._fill(part.row, x, self._y, width, BAR)
            number = self._voice.number(part.row.number) if part.row.number else ""
            self.canvas.text(x + width / 2, self._y - 7, number, size=10, anchor="middle")
            words = self._voice.percent(part.share)
            if width > width_of(words, 13 * WIDER) + 6:
                self._on(part.row, x + width / 2, self._y + BAR / 2, words)
        self._y += BAR + 20

    def _fill(self, row: Row, x: float, y: float, width: float, height: float) -> None:
        self.canvas.bar(x, y, width, height, SHADES[row.shade], hatch=hatch(row))

    def _on(self, row: Row, x: float, y: float, words: str) -> None:
        """Write a figure on a bar; on a hatched one it has a plain ground."""
        if hatch(row):
            half = width_of(words, 13 * WIDER) / 2 + 2
            self.canvas.ground(x - half, y - 9, 2 * half, 18, SHADES[row.shade])
        self.canvas.text(x, y, words, bold=True, colour=on(row), anchor="middle")

    def _table(self, *, thin: bool) -> None:
        """Write every answer with each group's figure; `thin` puts bars of its own under each."""
        columns = self._chart.columns
        width = WIDTH - 2 * MARGIN - 52 - len(columns) * FIGURE
        self._heads()
        for row in self._chart.rows:
            words = _wrapped(self._voice.say(row.label), width, 13)
            cells = [
                _wrapped(self._figure(column.group.answer(row.code)), FIGURE - 8, 12) for column in columns
            ]
            top, lines = self._y, max(len(words), *(len(cell) for cell in cells), 1)
            self._key(row, top)
            for number, line in enumerate(words):
                self.canvas.text(MARGIN + 52, top + 9 + number * 17, line)
            for place, cell in enumerate(cells):
                for number, line in enumerate(cell):
                    self.canvas.text(self._edge(place), top + 9 + number * 17, line, size=12, anchor="end")
            self._y += lines * 17 + 5
            if thin:
                self._thin_bars(row)
            self.canvas.line(MARGIN, self._y - 2, WIDTH - MARGIN, self._y - 2, PALE)
            self._y += 3

    def _heads(self) -> None:
        """Write whose figures stand in which column; without bars above, how many they are, too."""
        columns = self._chart.columns
        heads = []
        for column in columns:
            told = self._told(column) if self._chart.several else [self._voice.say(column.title)]
            heads.append([line for words in told for line in _wrapped(words, FIGURE - 8, 11)])
        for place, head in enumerate(heads):
            for number, line in enumerate(head):
                self.canvas.text(self._edge(place), self._y + 8 + number * 15, line, size=11, anchor="end")
        self._y += max((len(head) for head in heads), default=0) * 15 + 10
        self.canvas.line(MARGIN, self._y - 3, WIDTH - MARGIN, self._y - 3, INK)

    def _key(self, row: Row, top: float) -> None:
        """Draw how an answer looks in the bars, with its number."""
        if row.number:
            self.canvas.text(MARGIN + 14, top + 9, self._voice.number(row.number), size=12, anchor="end")
        if not self._chart.several:
            self._fill(row, MARGIN + 20, top + 2, 24, 14)

    def _thin_bars(self, row: Row) -> None:
        """Draw an answer's bar for each group, the first plain, further ones hatched."""
        whole = WIDTH - 2 * MARGIN - 52
        for place, column in enumerate(self._chart.columns):
            share = column.group.answer(row.code).share
            if share:
                fill, lines = (SHADES[5], "") if place == 0 else (SHADES[2], GREY)
                self.canvas.bar(MARGIN + 52, self._y, whole * min(1.0, share), THIN, fill, hatch=lines)
            self._y += THIN + 3
        self._y += 4

    def _edge(self, place: int) -> float:
        """Return where a column of figures ends."""
        return WIDTH - MARGIN - (len(self._chart.columns) - 1 - place) * FIGURE

    def _figure(self, answer: Answer) -> str:
        """Return what is published of an answer: its share, or how many gave it."""
        if answer.share:
            share = self._voice.percent(answer.share)
            return share if answer.count is not None else self._voice.say(say("release.or_more", share=share))
        if answer.count is None:
            return NO_FIGURE
        told = say("release.about", people=answer.count) if answer.count else say("release.hardly_any")
        return self._voice.say(told)

    def _small_print(self) -> None:
        """Write how the figures were rounded, and which release they are from."""
        self._y += 6
        rounded = say("release.reading.rounded", base=self._reading.manifest["base"])
        self._lines(self._voice.say(rounded), 10, colour=GREY)
        self._lines(f"SHA-256 {self._reading.sha256}", 9, colour=GREY)

    def _lines(self, words: str, size: int, *, bold: bool = False, colour: str = INK) -> None:
        """Write words over as many lines as they need."""
        for line in _wrapped(words, WIDTH - 2 * MARGIN, size * (WIDER if bold else 1.0)):
            self.canvas.text(MARGIN, self._y + size * 0.7, line, size=size, bold=bold, colour=colour)
            self._y += size * 1.4


def _wrapped(words: str, width: float, size: float) -> list[str]:
    """Return words in lines that fit into so many points; a word that does not is cut."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if width_of(longer, size) <= width:
            lines[-1] = longer
            continue
        *cut, rest = _cut(word, width, size)
        lines = [line for line in (*lines, *cut) if line] + [rest]
    return lines


def _cut(word: str, width: float, size: float) -> list[str]:
    """Return a word in parts that fit into so many points."""
    parts = [""]
    for sign in word:
        if parts[-1] and width_of(parts[-1] + sign, size) > width:
            parts.append("")
        parts[-1] += sign
    return parts
