"""Many people come by on both channels; afterwards no byte anywhere tells one of them.

A thousand of them: python -m tests.canaries --people 1000.
"""

import pytest

from tests.canaries.crowd import crowd
from tests.canaries.evening import Evening, check_that_all_came_by, found_after, installation
from tests.fake_bot_api import FakeBotApi

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
async def api():
    async with FakeBotApi() as api:
        yield api


async def test_of_many_people_nothing_is_found_on_the_disk(tmp_path, api):
    evening = Evening(installation(tmp_path, api), api, crowd(200, finish=16, seed=20))
    await evening.go()

    assert found_after(evening) == set()
    assert evening.program.written_elsewhere() == set()
    await check_that_all_came_by(evening)


async def test_without_sealing_the_same_scan_finds_them(tmp_path, api):
    program = installation(tmp_path, api, door="tests.canaries.unsealed")
    evening = Evening(program, api, crowd(40, finish=16, seed=21))
    await evening.go(with_relay=False)

    hits = found_after(evening)

    # Cookies and what proxies tell are not kept even inside of what is sealed.
    assert {hit.kind for hit in hits} == {"account", "display name", "phone number", "text", "answers"}
    assert any(hit.kind == "answers" and hit.where.endswith("(zlib)") for hit in hits)
    assert any("contacts.db" in hit.where for hit in hits)
    places = {hit.where.partition(": ")[2].split("/")[0].partition(" (")[0] for hit in hits}
    assert places == {"data", "restored"}
