"""The signs that begin the items of a list, where a list was written as paragraphs."""

import re
from dataclasses import replace

from events.recap.text import Block, BlockKind

# A bullet no sentence begins with, or a dash or the « o » of a word processor with its space.
BULLET = re.compile(r"(?:[•▪◦●○■‣·►➢✓]|[-–—*](?=\s)|o(?=\s{2,}|\u00a0|\t)|§(?=\s{2,}|\u00a0))\s*")
_LEVELS = {"o": 2, "◦": 2, "○": 2, "▪": 3, "■": 3, "§": 3}


def level_of(*, sign: str) -> int:
    """Return the level word processors give a sign: « • », then « o », then « ▪ »."""
    return _LEVELS.get(sign[:1], 1)


def without_bullet(*, block: Block) -> Block:
    """Return the item of a list whose sign is printed in the text, without it; any other block as it is."""
    bullet = BULLET.match(block.text)
    if bullet is None or bullet.end() == len(block.text):
        return block
    level = block.level if block.kind is BlockKind.LIST_ITEM else level_of(sign=bullet.group())
    return replace(block.part(start=bullet.end()), kind=BlockKind.LIST_ITEM, level=level)
