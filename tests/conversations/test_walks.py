"""Random walks over all moves: nothing lost, nothing kept off the path, a way out of every state."""

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.asking import changeable
from conversations.engine import Beginning, resume, start
from conversations.errors import StaleReply
from conversations.identifiers import Locale, ParticipantKey
from conversations.moves import Asked, Pressed, Typed, Unreadable, Wish
from conversations.prompting import prompt_of
from conversations.prompts import ButtonKind
from conversations.relevance import path
from conversations.session import Place, Status, read_session
from tests.conftest import NOON
from tests.instruments import shipped, small

MOVES = st.one_of(
    st.integers(0, 30).map(lambda place: ("press", place)),
    st.sampled_from(["12", "٣", "x", "", "y" * 50, "Work"]).map(lambda text: ("type", text)),
    st.sampled_from(list(Wish)).map(lambda wish: ("ask", wish)),
    st.just(("photo", None)),
    st.just(("stale", None)),
)


def begin(instrument):
    beginning = Beginning(
        key=ParticipantKey("k"), mark="abcdef", withdrawal_code="1" * 16, locale=Locale("en")
    )
    return start(instrument, beginning, NOON).session


def reply_of(kind, what, session, prompt):
    if kind == "press":
        return Pressed(prompt.buttons[what % len(prompt.buttons)].token, session.turn)
    if kind == "stale":
        return Pressed("a0", session.turn - 1)
    return {"type": Typed, "ask": Asked, "photo": Unreadable}[kind](what or "unreadable")


@given(moves=st.lists(MOVES, max_size=60), every_type=st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_walk_loses_an_answer_or_keeps_one_off_the_path(moves, every_type):
    instrument = small() if every_type else shipped()
    session = begin(instrument)
    for kind, what in moves:
        if session.status is not Status.WAITING:
            break
        before, prompt = session, prompt_of(instrument, session)
        try:
            step = resume(instrument, session, reply_of(kind, what, session, prompt), NOON)
        except StaleReply:
            assert kind in ("stale", "press")
            continue
        session = read_session(step.session.model_dump_json())
        assert session == step.session
        check(instrument, before, session)


def check(instrument, before, after):
    if after.status is not Status.WAITING:
        return
    on_path = [question.id for question in path(instrument.questionnaire, after.answers)]
    assert set(after.answers) <= set(on_path)
    changed = {key for key, value in before.answers.items() if after.answers.get(key) != value}
    gone = {key for key in before.answers if key not in after.answers}
    assert gone <= {key for key in before.answers if key not in on_path}
    assert changed - gone <= {before.question}
    prompt = prompt_of(instrument, after)
    assert prompt.buttons
    assert prompt.buttons[0].kind is not ButtonKind.CONTROL
    assert after.turn == before.turn + 1
    tokens = [button.token for button in prompt.buttons]
    assert len(tokens) == len(set(tokens))
    assert all(len(token.encode()) <= 8 for token in tokens)
    if prompt.progress is not None:
        position, total = prompt.progress
        counted = changeable(instrument, after)
        assert counted[position - 1].id == after.question
        assert total == len(counted)
    if after.place is Place.REVIEW:
        assert set(on_path) == set(after.answers)


@given(moves=st.lists(MOVES, max_size=40))
@settings(max_examples=100, deadline=None)
def test_every_state_can_be_left_towards_the_end_by_first_buttons(moves):
    instrument = shipped()
    session = begin(instrument)
    for kind, what in moves:
        prompt = prompt_of(instrument, session)
        try:
            following = resume(instrument, session, reply_of(kind, what, session, prompt), NOON).session
        except StaleReply:
            continue
        if following.status is Status.WAITING:
            session = following
    for _ in range(120):
        if session.status is not Status.WAITING:
            break
        token = prompt_of(instrument, session).buttons[0].token
        session = resume(instrument, session, Pressed(token, session.turn), NOON).session

    assert session.status is Status.SENT


@given(codes=st.lists(st.integers(0, 10), min_size=40, max_size=40))
@settings(max_examples=100, deadline=None)
def test_going_forward_the_position_grows_by_one_and_the_total_never_grows(codes):
    instrument = small()
    session = begin(instrument)
    seen = []
    for code in [0, 0, 0, *codes]:
        prompt = prompt_of(instrument, session)
        if prompt.name == "review":
            break
        if prompt.progress is not None and (not seen or prompt.progress != seen[-1]):
            seen.append(prompt.progress)
        forward = [button for button in prompt.buttons if button.kind is not ButtonKind.CONTROL]
        answering = [b for b in forward if b.token[0] not in "+-"] or forward
        token = answering[code % len(answering)].token
        session = resume(instrument, session, Pressed(token, session.turn), NOON).session
        if session.status is not Status.WAITING:
            return

    first = seen[0][0] if seen else 0
    assert [position for position, _ in seen] == list(range(first, first + len(seen)))
    totals = [total for _, total in seen]
    assert totals == sorted(totals, reverse=True)
