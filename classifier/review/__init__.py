"""Which photos to ask about next, and the answers that were given there."""
