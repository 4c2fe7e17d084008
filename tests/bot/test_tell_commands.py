"""The ways to “tell us”: the command on Telegram, its button, and how staff switch it on and off."""

import pytest
from telegram import Update

from bot.serving import COMMANDS
from bot.telegram.reading import Wondered, read_update
from tests.bot.programs import command, logs_as_before, refused

BENCHMARK = "language-learning"


@pytest.mark.parametrize("pressed", [False, True])
def test_on_telegram_the_command_and_the_button_mean_the_same(pressed):
    person = {"id": 7, "is_bot": False, "first_name": "M", "language_code": "fr"}
    message = {"message_id": 3, "date": 1, "chat": {"id": 7, "type": "private"}, "from": person}
    typed = {"message": {**message, "text": "/tell@some_bot"}}
    press = {"callback_query": {"id": "1", "from": person, "chat_instance": "c", "data": "n.tell"}}
    press["callback_query"]["message"] = message
    update = Update.de_json({"update_id": 1, **(press if pressed else typed)})

    assert read_update(update, "some_bot").meant == Wondered("tell")
    assert "tell" in COMMANDS


@pytest.fixture
def portevoix(monkeypatch, capsys, tmp_path):
    """Run a command on an empty data folder."""
    monkeypatch.setenv("PORTEVOIX_DATA_DIR", str(tmp_path / "data"))
    with logs_as_before():
        yield lambda *words: command(capsys, *words)


@pytest.mark.slow
def test_staff_switch_it_on_see_how_it_stands_and_switch_it_off(portevoix):
    about = ("--benchmark", BENCHMARK)
    before = portevoix("tell", "status")
    on = portevoix("tell", "on", *about, "--every", "1month", "--timezone", "Europe/Brussels")
    between = portevoix("tell", "status")
    refused(portevoix("tell", "on", *about), "people can write about language-learning in port-saule already")
    off = portevoix("tell", "off", *about)

    assert before.stdout.startswith("off: nobody can write outside rounds")
    assert "people can tell about language-learning in port-saule" in on.stdout
    assert "on: language-learning in port-saule, a new round every 1month" in between.stdout
    assert "is open until" in between.stdout
    assert "nobody can tell about language-learning in port-saule any more" in off.stdout
    refused(portevoix("tell", "off", *about), "it is off: nobody can write about language-learning")
    refused(portevoix("tell", "on", *about, "--every", "soon"), "'soon' is no duration")
    refused(portevoix("tell", "on", "--benchmark", "weather"), "weather")
