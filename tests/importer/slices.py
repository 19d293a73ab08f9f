"""Imports in slices of few rows, so that small dumps have many."""

import pytest

from portal.importer.apply import slices


def limit_slices(patch: pytest.MonkeyPatch, rows: int) -> None:
    """Until the patch ends, each slice has so many rows, and no pause comes after it."""
    patch.setattr(slices, "FIRST_ROWS", rows)
    patch.setattr(slices, "USUAL_MIN_ROWS", rows)
    patch.setattr(slices, "MIN_ROWS", rows)
    patch.setattr(slices, "MAX_GROWTH", 1)
    patch.setattr(slices, "MAX_SHRINKAGE", 1)
    patch.setattr(slices, "PAUSE_SECONDS", 0)
