"""What is kept from one request for the next: documents, plans and statements. Strangers choose them, so what they weigh is bounded."""

from dataclasses import dataclass

PER_LETTER, PER_LETTER_OF_SQL = (
    250,
    8,
)  # bytes, measured: of a document, or of a plan for it, by its text; of a prepared statement by its own


@dataclass
class Weight:
    """Bytes, about. Beyond the `most` everything is forgotten at once: what is asked often is soon there again."""

    most: int
    kept: int = 0

    @property
    def too_much(self) -> bool:
        return self.kept > self.most

    def add(self, number: int) -> None:
        self.kept += number


WEIGHT = Weight(64 * 1024 * 1024)
