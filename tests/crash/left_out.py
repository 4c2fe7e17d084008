"""Sites that a scene need not reach, each with the reason; one that is reached is hammered all the same."""

from collections.abc import Iterable, Sequence
from itertools import chain

from tests.crash.sites import Site

NOT_A_TURN = "planning, opening and cancelling a round is neither a turn nor a flush nor a release"
OTHER_WAY_IN = "the same work by another way in, which is reached"
FAILURE = "only after a failure that is no crash: disk, network, a block, somebody else at the same moment"
STOPPING = "only when asked to stop; a kill does not ask"
NEW_FOLDER = "only in a folder that is new, or of an older version"
STAFF = "only when staff asks to see something"
LATER = "only after days or months, or with several rounds, or none"
SPEED = "only under load"
ALOUD = "only when a question is read aloud; tests/bot/test_listening.py stops it on its way"
BY_NAME = "only where a plan names associations; tests/bot/test_by_association.py stops it between the parts"
CODES = "only in rounds with one-use codes; tests/bot/test_codes_killed.py kills it there"
CHANCE = "hangs on what two processes, or two people, do at the same moment"

LEFT_OUT: dict[str, Sequence[str]] = {
    NOT_A_TURN: (
        "bot.campaigns:Campaigns.plan:*",
        "bot.arranging:arrange:*",
        "bot.campaigns:Campaigns.open:*",
        "bot.freezing:as_opened:*",
        "bot.freezing:_with_associations:*",
        "bot.freezing:freeze_definitions:*",
        "bot.campaigns:Campaigns.cancel:*",
        "bot.campaigns:Campaigns._destroy_keys:*",
        "bot.campaigns:Campaigns.prepare:*",
        "bot.campaigns:Campaigns.end:*",
        "bot.campaigns:Campaigns.waits_for:*",
        "bot.campaigns:Campaigns._opened:*",
        "bot.advancing:Advancing._open:*",
        "bot.advancing:Advancing._open_late:*",
        "bot.advancing:Advancing._move:self._open(*",
        "bot.gates:*",
        "storage.rounds:Rounds.add:*",
        "storage.rounds:Rounds.offer*:*",
        "storage.rounds:Rounds.keep_definition:*",
        "storage.keyring:KeyFolder.make_round:*",
        "storage.keyring:KeyFolder.hold_round:*",
        "storage.keyring:KeyFolder._make_pair:*",
        "storage.contacts:Contacts.all:*",
    ),
    OTHER_WAY_IN: (
        "bot.campaigns:Campaigns.close_if_due:self.close(*",
        "bot.advancing:Advancing._move:self._moves.close(*",
        "bot.dialogue:Dialogue.hear:self.notice(*",
        "bot.dialogue:Dialogue._typed_news:*",
        "bot.dialogue:Dialogue.turn:*",
        "bot.dialogue:Dialogue.keys:*",
        "bot.delivery:Delivery.drain:*",
        "storage.database:Database.checkpoint:*",
    ),
    FAILURE: (
        "bot.releasing:Releasing._made_once:self._registry.releases.read(*",
        "bot.dialogue:Dialogue.left:*",
        "bot.dialogue:Dialogue.withdraw:self._desk.pause(*",
        "bot.dialogue:Dialogue.hear:self._desk.pause(*",
        "bot.delivery:Delivery._say_in_order:self._forget(*",
        "bot.delivery:Delivery._say_in_order:self._carrier.tidy_later(*",
        "bot.delivery:Delivery._forget:*",
        "bot.carrying:Carrier.tidy_later:*",
        "bot.telegram.copies:*",
        "bot.telegram.channel:TelegramChannel._clear:self._clear(*",
        "bot.telegram.channel:TelegramChannel._delete:self._take_buttons(*",
        "bot.telegram.inbox:Inbox._round:self._rest*",
        "bot.telegram.inbox:Inbox._rest_longer:*",
        "bot.telegram.inbox:Inbox._rest:*",
        "bot.telegram.inbox:Inbox._take:self._reception.apologise(*",
        "bot.telegram.inbox:Inbox._take:self._rest(*",
        "bot.telegram.inbox:Inbox._take:self._reception.answer(*",
        "bot.telegram.reception:Reception.apologise:*",
        "bot.telegram.reception:Reception._apologise:*",
        "bot.telegram.reception:Reception._take_back_apology:*",
        "bot.telegram.reception:Reception._hear:self._listener.left(*",
        "bot.telegram.reception:Reception._hear:self._groups.invite(*",
        "bot.dialogue:Dialogue.invitation:*",
        "storage.database:Database.open:connection.close()",
        "storage.database:Database._run_one:db.execute('ROLLBACK*",
        "storage.drafts:Drafts.read_or_erase:_queries.erase(*",
        "storage.drafts:Drafts.forget_address:*",
        "storage.sessions:Conversations.forget_address:*",
    ),
    STOPPING: (
        "bot.delivery:Delivery.run:self._finish()",
        "bot.delivery:Delivery._finish:*",
        "bot.telegram.inbox:Inbox.run:self._finish()",
        "bot.telegram.inbox:Inbox._finish:*",
        "bot.telegram.inbox:Inbox._acknowledge:*",
        "bot.telegram.webhook:Webhook._finish:*",
        "bot.telegram.webhook:Webhook.run:*",
        "storage.database:Database.close:asyncio.wait(*",
    ),
    NEW_FOLDER: (
        "storage.database:Database._migrate:db.execute(statement)",
        "storage.database:Database._migrate:_queries.record_migration(*",
        "storage.files:make_folder:*",
        "storage.keyring:KeyFolder.installation:*",
    ),
    BY_NAME: ("bot.releasing:Releasing._by_name:*", "bot.releasing:Releasing.lacks_names:*"),
    STAFF: (
        "bot.releasing:Releasing._unlock:asyncio.to_thread(self._registry.keyring.unlock*",
        "bot.campaigns:Campaigns.add:*",
        "bot.campaigns:Campaigns.names_nobody:*",
        "bot.releasing:Releasing.add:*",
        "bot.releasing:Releasing._read:*",
        "bot.releasing:Releasing._check_kept:*",
        "bot.releasing:Releasing._freeze_next:*",
        "bot.freezing:part_content:*",
        "bot.campaigns:Campaigns.progress:*",
        "storage.rounds:Rounds.history:*",
        "bot.counting:seen:*",
        "storage.answers:Answers.count:*",
        "storage.answers:Answers.boxed:*",
        "storage.answers:Answers.open_texts:*",
        "storage.releases:Releases.all:*",
        "storage.receipts:Receipts.redeem*:*",
        "storage.told:Told.told:*",
    ),
    LATER: (
        "bot.releasing:Releasing.expire:*",
        "bot.releasing:Releasing._destroy:self._registry.keyring.destroy_pseudonyms(*",
        "bot.releasing:Releasing._destroy:self._registry.answers.boxed(*",
        "storage.answers:Answers.destroy.destroy:_queries.forget_codes(*",
        "bot.freezing:published_beside:tables_of(*",
        "bot.freezing:tables_of:*",
        "bot.freezing:names_of:*",
        "storage.releases:Releases.parts:*",
        "bot.counting:count_weekly:*",
        "storage.progress:Progress.keep:*",
        "bot.tidying:Tidying._tidy_round:self._registry.keyring.destroy_texts(*",
        "bot.tidying:Tidying._tidy_round:self._registry.answers.destroy_texts(*",
        "bot.advancing:Advancing._move_on:self._moves.cancel(*",
        "bot.advancing:Advancing._catch_up:*",
        "bot.advancing:Advancing.advance_due:self._catch_up(*",
        "bot.series:Series.plan:*",
        "bot.series:Series._keep_first:*",
        "bot.series:Series.follow:*",
        "bot.series:Series.end:*",
        "storage.schedules:Schedules.add:*",
        "storage.schedules:Schedules.end:*",
        "bot.dialogue:Dialogue.join:*",
        "bot.dialogue:Dialogue._turn_once:self._desk.programme.next_opening(*",
        "bot.programme:Programme.next_opening:*",
        "bot.telegram.reception:Reception._hear:self._listener.join(*",
        "storage.answers:Answers.destroy_texts:*",
        "storage.inbox:forget_updates:_queries.end_day(*",
        "bot.mailing:Mailings.of_round:answered(*",
        "bot.mailing:Mailings._tell:self.registry.told.forget(*",
        "storage.contacts:Contacts.forget_unused:self._leaving(*",
        "storage.contacts:Contacts.forget_unused:self._database.write(*",
        "storage.contacts:Contacts.forget_unused:_queries.forget_unused(*",
        "storage.told:Told.keep_only.forget:*",
        "storage.told:Told.keep_only:self._database.write(*",
    ),
    SPEED: (
        "storage.database:Database._run_one:db.execute('SAVEPOINT*",
        "storage.database:Database._run_one:db.execute('RELEASE*",
        "bot.delivery:Delivery.run:self._sleep(*",
        "bot.delivery:Delivery._choose:self._outbox.said(*",
        "bot.delivery:Delivery._drafts_of:self._drafts_of(*",
        "bot.delivery:Delivery._written_again:*",
        "bot.carrying:Carrier.carry:fresh()",
        "storage.sessions:Conversations.draft:*",
        "bot.telegram.channel:TelegramChannel._send:turn()",
        "bot.telegram.webhook:Webhook._know_ourselves:*",
    ),
    ALOUD: (
        "bot.dialogue:Dialogue.hear:self._listen(*",
        "bot.dialogue:Dialogue._listen:*",
        "bot.dialogue:Dialogue._can_be_heard:*",
        "bot.telegram.channel:TelegramChannel.show:self._sounds.say(*",
    ),
    CODES: ("storage.sessions:Conversations._make_gone:truncate_log(*",),
    CHANCE: (
        "bot.advancing:Advancing._move:*",
        "bot.advancing:Advancing._move_on:self._move(*",
        "bot.dialogue:Dialogue._turn:self._turn_once(*",
        "storage.answers:Answers.withdraw*:*",
        "storage.answers:Answers._let_answer_again:*",
        "storage.answers:Answers._make_gone:*",
        "storage.files:replace_durably:*",
    ),
}

IN_POLLING_ONLY = (
    "bot.telegram.inbox:*",
    "bot.telegram.reception:Reception.take:*",
    "bot.telegram.reception:Reception.answer:*",
    "bot.telegram.reception:Reception._finish:*",
)
IN_WEBHOOK_ONLY = ("bot.telegram.webhook:*", "bot.outage:Recovery.keep_up:*")


def unreached(missed: Iterable[Site], mode: str) -> list[str]:
    """Return the names of those sites that a scene should have reached in this mode."""
    other = IN_WEBHOOK_ONLY if mode == "polling" else IN_POLLING_ONLY
    patterns = [*chain.from_iterable(LEFT_OUT.values()), *other]
    return [site.name for site in missed if not any(site.fits(pattern) for pattern in patterns)]


def idle(sites: Sequence[Site]) -> list[str]:
    """Return the patterns that name no site any more."""
    patterns = [*chain.from_iterable(LEFT_OUT.values()), *IN_POLLING_ONLY, *IN_WEBHOOK_ONLY]
    return [pattern for pattern in patterns if not any(site.fits(pattern) for site in sites)]
