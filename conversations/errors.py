"""Everything that goes wrong on purpose, grouped by who can put it right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class AppError(Exception):
    """Anything that goes wrong on purpose; its words say what to do."""


class Rule(StrEnum):
    """Stable codes of what can be wrong with a definition; a retired code is never used again."""

    BROKEN_TOML = "D001"
    UNKNOWN_KEY = "D002"
    MISSING_KEY = "D003"
    WRONG_VALUE = "D004"
    DUPLICATE_KEY = "D005"
    UNKNOWN_FACTOR = "D006"
    UNSPOKEN_FACTOR = "D007"
    TOO_FEW_FACTORS = "D008"
    TOO_FEW_GUIDE_QUESTIONS = "D009"
    TOO_FEW_EVIDENCE = "D010"
    UNKNOWN_SCALE = "D011"
    NO_CHOICES = "D012"
    UNKNOWN_QUESTION = "D013"
    UNKNOWN_CODE = "D014"
    LOOKS_FORWARD = "D015"
    UNREACHABLE = "D016"
    LOOP = "D017"
    LABEL_TOO_LONG = "D018"
    PATH_TOO_LONG = "D019"
    NO_SIDE_QUESTION = "D020"
    UNKNOWN_INTERLOCK = "D021"
    WRONG_PURPOSE = "D022"
    BANDS_WRONG = "D023"
    UNKNOWN_CITY_LIST = "D024"
    RESERVED_CODE = "D025"
    BOX_TOO_LARGE = "D026"
    CONSTRAINT_MISPLACED = "D027"
    TOO_MANY_CHOICES = "D028"
    GROUP_NOT_CLOSED = "D029"
    UNKNOWN_AUDIENCE = "D030"
    UNREADABLE = "D031"
    UNKNOWN_LANGUAGE = "D032"
    NOT_ANSWERED = "D033"
    NOTHING_SHOWN = "D034"
    LOOKS_PERSONAL = "D035"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a definition: a stable code, the place, and what to do."""

    rule: Rule
    where: str
    advice: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule.value} {self.advice}"


class DefinitionError(AppError):
    """A definition that its author must mend; carries every finding, not only the first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class SessionError(AppError):
    """A reply that its channel must not pass on."""


class NotWaiting(SessionError):
    """The session takes no more replies."""


class StaleReply(SessionError):
    """The button belongs to an earlier prompt than the one the session waits at."""


class UnknownSession(SessionError):
    """No open session belongs to whoever sent this."""


class DeliveryError(AppError):
    """Something could not be said; `retryable` tells whether time can put it right."""

    retryable = False


class ChannelBusy(DeliveryError):
    """The channel asks us to wait for `wait` before the next call."""

    retryable = True

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(f"wait {wait.total_seconds():.0f} s")


class ChannelDown(DeliveryError):
    """The channel cannot be reached now."""

    retryable = True


class ParticipantLeft(DeliveryError):
    """Nobody can be reached at this address any more; it is to be forgotten."""


class PromptRefused(DeliveryError):
    """The channel refuses these words for good."""


class Conflict(AppError):
    """Two writers met; the later one tries again."""


class StorageError(AppError):
    """Something the operator of the machine can put right."""


class SchemaTooNew(StorageError):
    """The database was written by a newer version of the program."""


class SchemaBehind(StorageError):
    """The database needs migrations that this command may not run."""


class KeyHeld(StorageError):
    """What is wanted is shut with a passphrase that staff hold."""


class DatabaseUnusable(StorageError):
    """The database or its folder cannot be read or written."""


class SettingsError(AppError):
    """A setting is wrong; the words name the variable, never its value."""


class RoundError(AppError):
    """A monitoring round is not in a state that allows this."""


class RelayError(AppError):
    """A relay, a link, a code or a receipt cannot be what it was asked to be."""


class ReleaseError(AppError):
    """A release cannot be made, or is not what it was when it was frozen."""
