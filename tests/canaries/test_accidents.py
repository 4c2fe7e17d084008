"""Whatever fails wherever in the program, no log, page, message or error says what anybody said."""

import shutil
from types import FunctionType

import pytest

from tests.canaries.accidents import CANARY, HAPPENED, Notes, an_accident_in, forget, functions_of, modules
from tests.canaries.office import COMMANDS, Office
from tests.canaries.theatre import Theatre, endless

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    # Of an accident before coroutines are awaited, or in the logs themselves, Python tells too.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_TRANSLATORS = "for translators and staff, with words of ours alone; it never meets a participant"
UNREACHED = {
    "bot.aloud.opus": "reads recordings, and none is shipped; tests/bot/test_aloud.py breaks one",
    "bot.commands.aloud": _TRANSLATORS,
    "bot.commands.languages_table": _TRANSLATORS,
    "bot.commands.locales": _TRANSLATORS,
    "bot.commands.preview": _TRANSLATORS,
    "bot.i18n.extraction": _TRANSLATORS,
    "bot.i18n.sheets": _TRANSLATORS,
    "bot.i18n.sheets_filled": _TRANSLATORS,
    "bot.i18n.sheets_keeping": _TRANSLATORS,
    "bot.i18n.sheets_making": _TRANSLATORS,
    "bot.i18n.sheets_opening": _TRANSLATORS,
    "bot.i18n.sheets_reading": _TRANSLATORS,
    "bot.i18n.sheets_taking": _TRANSLATORS,
    "bot.i18n.signing": _TRANSLATORS,
    "bot.i18n.standing": _TRANSLATORS,
    "bot.preview": _TRANSLATORS,
    "bot.telegram.examining": "asks Telegram of our own bot alone; tests/bot/test_doctor.py breaks it",
    "bot.__main__": "it is the door that catches; a mistake below it is tested in tests/bot/test_logs.py",
    "bot.i18n.__main__": "for developers (`make locales`); it never meets a participant",
    "bot.i18n.refresh": "for developers (`make locales`); it never meets a participant",
}
ATTEMPTS = 6  # places in one module
VISITS = ("browse", "telephone", "block", "arrive", "assist", "beckon", "withdraw")
QUICK = ("play", "plan", "list", "tell")  # commands that are over sooner than a start
STARTS = {"start": {}, "demonstration": {"demo": True}, "webhook": {"mode": "webhook"}}


class Stage:
    """The whole program, the ways through it, and what each of them reaches."""

    def __init__(self, folder, environment) -> None:
        self.office = Office(folder / "office", environment)
        self.theatre = Theatre(endless(5), self.office)
        self._folder, self._environment = folder, environment
        self._data = folder / "office" / "before close" / "data"
        self.notes = Notes(function for module in modules() for function in functions_of(module).values())
        self._begun = 0

    def rehearse(self) -> None:
        """Go every way once, as it is meant, and note what is called."""
        for module in modules():
            if not module.endswith("__main__"):
                forget(module)
        with self.notes:
            for name in COMMANDS:
                self.notes.take(name)
                self.office.rehearse(name)
            for name in reversed(STARTS):
                self.notes.take(name)
                assert self.begin(name), name
                self.theatre.stop() if name != "start" else None
            for name in VISITS:
                self.notes.take(name)
                getattr(self.theatre, name)()
            self.notes.take("afterwards")
            self.theatre.stop()

    def begin(self, way: str, looks: int = 2_000) -> bool:
        """Serve anew, from the same state, and say whether that came about; a busy machine takes long."""
        self._begun += 1
        data = self._folder / f"served {self._begun}"
        if way != "demonstration":  # that makes its own rounds, in an empty folder
            shutil.copytree(self._data, data)
        return self.theatre.start(self._environment, data, looks=looks, **STARTS[way])

    def go(self, way: str) -> None:
        """Go one way, whatever comes of it."""
        if way in VISITS:
            getattr(self.theatre, way)()
        elif way in STARTS:
            self.begin(way, looks=150)
            self.theatre.stop()
        else:
            self.theatre.told.append(self.office.stumble(way))

    def places_in(self, module: str) -> list[tuple[str, FunctionType]]:
        """Return functions of a module that are called, each with a way there, the quickest first."""
        functions = functions_of(module)
        begun = set().union(*(self.notes.reached[way] for way in STARTS))  # may not come by on a visit
        found, late = [], []
        for way in dict.fromkeys((*VISITS, *QUICK, *STARTS, *COMMANDS)):
            called = [code for code in reversed(self.notes.reached[way]) if code in functions]
            called.sort(key=lambda code: code.co_name.startswith("__"))
            if way in VISITS:
                late += [(way, functions[code]) for code in called if code in begun][:1]
                called = [code for code in called if code not in begun]
            found += [(way, functions[code]) for code in called[:2]]
        return found + late

    def stumble(self, way: str, function: FunctionType) -> bool:
        """Let an accident happen on a way, and say whether it did: what runs by itself may not come by."""
        if way in VISITS and not self.theatre.is_served:
            assert self.begin("start"), f"the program does not start again: {self.theatre.told}"
        HAPPENED.clear()
        with an_accident_in(function):
            self.go(way)
        if way in VISITS and not HAPPENED:
            self.theatre.stop()  # an earlier accident may have left it deaf
        return bool(HAPPENED)


@pytest.fixture
def stage(tmp_path, monkeypatch, heard):
    monkeypatch.setenv("PORTEVOIX_LOG_LEVEL", "DEBUG")
    made = Stage(tmp_path, monkeypatch)
    yield made
    made.theatre.close()


def test_no_accident_anywhere_says_what_anybody_said(stage, heard, capfd):
    stage.rehearse()
    places = {module: stage.places_in(module) for module in modules()}

    unreached = {module for module, found in places.items() if not found and functions_of(module)}
    assert sorted(unreached - set(UNREACHED)) == []
    for module, found in sorted(places.items(), key=lambda one: one[1][0][0] if one[1] else ""):
        happened = not found
        for way, function in found[:ATTEMPTS]:
            if happened:
                break
            happened = stage.stumble(way, function)
            check(f"{module}: {function.__qualname__}", stage, heard, capfd)
        assert happened, f"no accident happened in {module}"


def test_every_module_that_is_left_out_exists_and_says_why():
    assert set(UNREACHED) <= set(modules())
    assert all(UNREACHED.values())


def check(where, stage, heard, capfd):
    """Look at everything that was written, logged and shown since the last time."""
    theatre = stage.theatre
    out, error = capfd.readouterr()
    written = error + "".join(heard)
    shown = out + "".join(theatre.told) + "".join(text for _, text in theatre.pages)
    assert CANARY not in written + shown, where
    assert theatre.api.token not in written + shown, where
    assert "Traceback" not in error, where
    assert not [secret for secret in stage.office.secrets if secret in written], where
    for person in theatre.visited:
        said = (str(person.account), person.username, person.last_name, person.phone, *person.cookies)
        assert not [word for word in said if word in written], where
    unkind = [text for status, text in theatre.pages if status >= 500 and "lang=" not in text]
    assert set(unkind) <= {"Internal Server Error"}, where
    for seen in (heard, theatre.told, theatre.pages, theatre.visited):
        seen.clear()
