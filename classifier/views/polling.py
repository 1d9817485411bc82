"""How often a page asks whether something is finished."""

EAGER_ROUNDS = 20
EAGER_MS = 350
PATIENT_MS = 2000


def delay_ms(rounds: int) -> int:
    """Milliseconds until the next request: quick at first, patient when nothing has moved for a while."""
    return EAGER_MS if rounds < EAGER_ROUNDS else PATIENT_MS
