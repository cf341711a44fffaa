"""The Harvey ball of a level: the nearest of five shapes, whatever the scale."""

SHAPES = 5


def shape(level: int, top: int) -> int:
    """0 (empty) to 4 (full) for a level out of `top`. Only the highest is full, and only 0 is empty."""
    if level <= 0 or level >= top:
        return 0 if level <= 0 else SHAPES - 1
    return min(SHAPES - 2, max(1, (level * 2 * (SHAPES - 1) + top) // (2 * top)))
