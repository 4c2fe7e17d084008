"""Paper that brings people to a round: posters, hand cards, and small cards with a code that works once."""

from bot.posters.gathering import poster_of
from bot.posters.poster import CodeCard, Poster
from bot.posters.printing import cards, sheets

__all__ = ["CodeCard", "Poster", "cards", "poster_of", "sheets"]
