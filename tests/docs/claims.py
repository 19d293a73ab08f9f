"""Which test runs or checks which printed shell block: each block has exactly one."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.docs.blocks import Block, block, blocks

CLAIMED: list[Block] = []


def prints(document: str, words: str) -> Callable[[Any], Any]:
    """Gives a test, as `printed`, the text of the one shell block of a document that holds these words."""
    claimed = block(document, words)
    CLAIMED.append(claimed)
    return pytest.mark.parametrize("printed", [claimed.text], ids=[str(claimed)])


def unclaimed(*names: str) -> list[str]:
    """The blocks of the documents of these names that no test has claimed, or more than one."""
    times = Counter(map(str, CLAIMED))
    return [str(printed) for printed in blocks("sh") if printed.document.rpartition("/")[2] in names and times[str(printed)] != 1]
