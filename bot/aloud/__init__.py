"""Reading aloud: recordings that people made, and a machine voice where the language has one."""

from bot.aloud.reader import Aloud, NotNow, key_of
from bot.aloud.synthesis import Synthesiser

__all__ = ["Aloud", "NotNow", "Synthesiser", "key_of"]
