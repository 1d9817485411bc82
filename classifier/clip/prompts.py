"""Sentences around a phrase, and sentences that say nothing: what a phrase is measured with and against."""

TEMPLATES = (
    "a photo of {}.",
    "a photo of a person, {}.",
    "{}",
    "a good photo of {}.",
    "a close-up photo of {}.",
    "a photo showing {}.",
    "a snapshot of {}.",
)

NEUTRAL = (
    "a photo",
    "a picture",
    "an image",
    "a photo of a person",
    "a photo of something",
    "a snapshot",
    "a profile picture",
)


def prompts_for(phrase: str) -> list[str]:
    """The sentences whose mean stands for a phrase."""
    return [template.format(phrase) for template in TEMPLATES]
