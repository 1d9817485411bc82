"""Sentences around a phrase, and sentences that say nothing: what a phrase is measured with and against.

Chosen on some 3,100 real photos with the starter, by the area under the curve of each label's name over the
photos of its own source and over all of them, with a part of the neutral prompts taken away: .883 and .955 for
the part that the product takes (`scoring.phrase_direction`), .859 and .937 for all of it, .893 and .959 for the
least-squares share alone, which does harm on drawings (`python -m bench.phrases`). Templates that did harm:
"a snapshot of {}", "a blurry photo of {}", "a profile picture with {}".
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
