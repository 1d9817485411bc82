"""Sentences around a phrase, and sentences that say nothing: what a phrase is measured with and against.

Chosen on some 3,100 real photos with the starter, by the area under the curve of each label's name over the
photos of its own source and over all of them. Phrase minus a part of the neutral prompts, the part that
goes with the phrase (`BackgroundStatistics.share`): .895 within a source and .958 over all; with the whole
neutral vector taken away .859 and .937. Templates that did harm there: "a snapshot of {}", "a blurry photo
of {}", "a profile picture with {}".
"""

TEMPLATES = (
    "{}",
    "a photo of {}.",
    "a photo showing {}.",
    "someone {}.",
    "a person with {}.",
    "{} in the background.",
    "an image of {}.",
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
    return [template.replace("{}", phrase) for template in TEMPLATES]
