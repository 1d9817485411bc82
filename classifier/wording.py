"""Marks for the catalogues without Django: pictures are decoded by processes with no language and little memory."""


def gettext_noop(sentence: str) -> str:
    """The sentence, as it is: `make messages` finds it by this function's name, and whoever shows it translates."""
    return sentence
