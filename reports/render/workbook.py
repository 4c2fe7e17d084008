"""A release as a workbook: who answered, a sheet for each key factor with charts, codebook, manifest."""

from datetime import datetime, time
from io import BytesIO

from conversations.wording import Words, say
from reports.disclosure import Publishable
from reports.render.bars import bars
from reports.render.chart import Chart, joined
from reports.render.contents import Contents, Factor, contents
from reports.render.reading import SIDE, Reading
from reports.render.shades import levelled
from reports.render.sheets import Block, Book, Sheet
from reports.render.voice import DASH, Voice, dashed

CODE, LABEL = 18, 46  # widths of columns, in letters
CHART_ROWS = 17  # rows of a sheet that a chart covers


def xlsx_of(release: Publishable, voice: Voice) -> bytes:
    """Return a release as an Excel workbook; the same release and language always give the same bytes."""
    reading, told = Reading(release), contents(release)
    out = BytesIO()
    book = Book(out, voice, datetime.combine(reading.closed_on, time()))
    _describe(book, reading, told)
    _start(book, told)
    for factor in told.factors:
        _factor(book, factor)
    _groups(book, reading)
    _codebook(book, reading)
    _manifest(book, told)
    book.close()
    return out.getvalue()


def _describe(book: Book, reading: Reading, told: Contents) -> None:
    """Say in the properties of the file which release it was made of."""
    title = f"{book.say(told.top.city)}{DASH}{told.top.round_name}"
    book.describe(title, f"{reading.document['format']} SHA-256 {reading.sha256}")


def _start(book: Book, told: Contents) -> None:
    """Write the first sheet: what was asked, who answered, how to read."""
    sheet = book.sheet(book.say(say("forms.sheet.start")), (CODE, LABEL, 14, 14))
    top = told.top
    sheet.line(dashed(book.voice, book.say(top.city), top.round_name), "title")
    sheet.line(book.say(top.theme), "title")
    sheet.freeze(2)
    for words in (top.demonstration, top.part, top.what, top.answered, top.stance):
        if words is not None:
            sheet.line(book.say(words))
    sheet.skip()
    sheet.line(book.say(say("release.who.title")), "title")
    for chart in told.who:
        _question(book, sheet, levelled(chart))
    sheet.line(book.say(say("release.reading.title")), "title")
    for words in (say("forms.empty"), *told.reading, *told.method, *told.limits):
        sheet.line(book.say(words))
    sheet.skip()
    sheet.line(book.say(say("release.context.title")), "title")
    for words in told.context:
        sheet.line(book.say(words))


def _factor(book: Book, factor: Factor) -> None:
    """Write the sheet of one key factor: both sides side by side, and a chart for each question."""
    sheet = book.sheet(factor.key, (CODE, LABEL, *(14,) * 12))
    sheet.line(f"{book.voice.number(factor.number)}  {book.say(factor.name)}", "title")
    sheet.line(book.say(factor.statement), "strong")
    sheet.freeze(2, 2)
    sheet.line(book.say(factor.why))
    sheet.line(book.say(say("forms.empty")))
    sheet.skip()
    if not factor.asked:
        sheet.line(book.say(say("release.no_question")))
    for asked in factor.asked:
        _question(book, sheet, asked.chart)
        for words in asked.differences:
            sheet.line(book.say(words))
        sheet.skip()
    for title, lines in (
        ("guide", factor.guides),
        ("evidence", tuple(words for words, _ in factor.evidence)),
    ):
        sheet.line(book.say(say(f"release.{title}.title")), "strong")
        for words in lines:
            sheet.line(book.say(words))
        sheet.skip()


def _question(book: Book, sheet: Sheet, chart: Chart) -> None:
    """Write one question as a table: an answer a row; share, number and interval of each side."""
    block = Block(top=sheet.row, columns=len(chart.columns), rows=len(chart.rows))
    sheet.line(book.say(chart.label), "strong")
    for words in (say("release.several") if chart.several else None, _only(chart)):
        sheet.line(book.say(words) if words is not None else "")
    _heads(book, sheet, chart)
    for row in chart.rows:
        answers = [column.group.answer(row.code) for column in chart.columns]
        figures = (
            *(answer.share for answer in answers),
            *(answer.count for answer in answers),
            *(answer.low for answer in answers),
            *(answer.high for answer in answers),
        )
        styles = ("share", "people", "share", "share")
        sheet.cells([row.code, book.say(row.label)], ("code", "text"))
        for place, figure in enumerate(figures):
            sheet.figure(2 + place, figure, styles[place // len(answers)])
        sheet.next()
    if any(column.group.has_shares for column in chart.columns):
        bars(book, sheet, chart, block)
        sheet.down_to(block.top + CHART_ROWS)
    sheet.skip()


def _only(chart: Chart) -> Words | None:
    return None if chart.only is None else say("release.only", side=chart.only)


def _heads(book: Book, sheet: Sheet, chart: Chart) -> None:
    """Write the heads of a table: what is told, of whom, how many they are, and how to read it."""
    count, titles = len(chart.columns), [book.say(column.title) for column in chart.columns]
    kinds = (say("forms.share"), say("release.cross.people"), say("forms.low"), say("forms.high"))
    over = [book.say(kind) if place == 0 else "" for kind in kinds for place in range(count)]
    sheet.cells(["", "", *over], ("head",))
    sheet.next()
    sheet.cells([book.say(say("forms.code")), book.say(say("release.answers")), *titles * 4], ("head",))
    sheet.next()
    notes = ["; ".join(book.say(note) for note in column.notes) for column in chart.columns]
    sheet.cells(["", book.say(say("forms.group_people")), *notes], ("note",))
    for place, column in enumerate(chart.columns):
        sheet.figure(2 + count + place, column.group.people, "people")
    sheet.next()


def _groups(book: Book, reading: Reading) -> None:
    """Write every shown group of every table by group, a row for each answer."""
    sheet = book.sheet(
        book.say(say("forms.sheet.groups")), (20, CODE, 16, 20, 30, 10, CODE, 34, 10, 10, 10, 10)
    )
    heads = (
        *("forms.question", "forms.key_factor", "release.who.side", "forms.by"),
        *("release.cross.group", "release.cross.people", "forms.code", "release.answers"),
        *("release.cross.people", "forms.share", "forms.low", "forms.high"),
    )
    sheet.cells([book.say(say(key)) for key in heads], ("head",))
    sheet.next()
    sheet.freeze(1)
    for table in (table for table in reading.tables if len(table.by) > 1 and not table.who):
        names = [name for name in table.by if name != SIDE]
        factor = reading.questions[table.question]["key_factor"]
        for group in (group for group in table.groups if group.people is not None):
            level = joined([reading.answer(name, group.values[name]) for name in names])
            for answer in group.answers:
                sheet.cells(
                    [table.question, factor or "", group.values[SIDE], ", ".join(names), book.say(level)],
                    ("code", "code", "code", "code", "text"),
                )
                sheet.figure(5, group.people, "people")
                sheet.cells(
                    [answer.code, book.say(reading.answer(table.question, answer.code))], ("code", "text"), 6
                )
                sheet.figure(8, answer.count, "people")
                for place, share in enumerate((answer.share, answer.low, answer.high)):
                    sheet.figure(9 + place, share, "share")
                sheet.next()
    sheet.filter(len(heads))


def _codebook(book: Book, reading: Reading) -> None:
    """Write what each code means; codes are equal in all languages."""
    sheet = book.sheet(book.say(say("forms.sheet.codebook")), (24, 14, 60, CODE, 46))
    heads = ("forms.question", "forms.key_factor", "forms.question", "forms.code", "release.answers")
    sheet.cells([book.say(say(key)) for key in heads], ("head",))
    sheet.next()
    sheet.freeze(1)
    for question, asked in reading.questions.items():
        for part in asked["codes"]:
            sheet.cells(
                [
                    question,
                    asked["key_factor"] or "",
                    book.say(reading.label(question)),
                    part["code"],
                    book.say(reading.answer(question, part["code"])),
                ],
                ("code", "code", "text", "code", "text"),
            )
            sheet.next()
    sheet.filter(len(heads))


def _manifest(book: Book, told: Contents) -> None:
    """Write how people were protected, and the fingerprints of what was asked and released."""
    manifest = told.manifest
    sheet = book.sheet(book.say(say("forms.sheet.manifest")), (70, 70))
    sheet.line(book.say(say("release.manifest.title")), "title")
    sheet.freeze(1)
    for words in (manifest.lead, manifest.groups, manifest.fallback):
        if words is not None:
            sheet.line(book.say(words))
    for words, number in manifest.rules:
        sheet.cells([book.say(words)], ("text",))
        sheet.figure(1, number, "people")
        sheet.next()
    pairs = [
        *((say("release.manifest.attack"), book.say(words)) for words in manifest.attack),
        *((say("release.manifest.languages"), book.say(words)) for words in manifest.languages),
        (say("release.manifest.responsible"), book.say(manifest.responsible)),
    ]
    codes = (
        (say("release.manifest.software"), manifest.software),
        (say("release.manifest.sha256"), manifest.sha256),
        *manifest.prints,
    )
    for style, listed in (("text", pairs), ("code", codes)):
        for words, text in listed:
            sheet.cells([book.say(words), text], ("text", style))
            sheet.next()
