"""Eight rounds in two years: what people get is what a plain model says, whatever happened in between."""

import pytest

from tests.bot.two_years import Model, Script, findings, live


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
async def test_two_years_of_letters_are_those_of_the_model(tmp_path, seed):
    script = Script(people=10, seed=seed)

    sent = await live(script, tmp_path)

    assert findings(sent) == []
    assert sorted(sent) == sorted(Model(script).run())
    assert len({key for _, _, key in sent}) == 4
