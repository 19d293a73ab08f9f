"""What a request costs: points for the rows that it touched. engine/cost/ estimates these rows before anything is read."""

ROWS_PER_POINT = 100


def points_of(rows: int) -> int:
    """Returns the points of so many rows, at least one."""
    return max(1, rows // ROWS_PER_POINT)
