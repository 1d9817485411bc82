"""How often a page asks whether something is finished: often at first, then more and more patiently."""

STEPS = [(20, 350), (200, 2000)]  # up to this many rounds, this many milliseconds apart
AT_LAST_MS = 10_000  # whoever leaves a page open over night is asked for little


def delay_ms(rounds: int) -> int:
    """Milliseconds until the next request, after so many in which nothing has moved."""
    return next((milliseconds for upto, milliseconds in STEPS if rounds < upto), AT_LAST_MS)
