"""What workers say and rows keep, for `wizard/words.py` to say again. Tests hold them to what is really said."""

from django.utils.translation import gettext_noop

REASONS = (
    gettext_noop("Strong: “%(phrase)s” (top %(top)s %% of your photos)"),
    gettext_noop("Clear: “%(phrase)s” (top %(top)s %% of your photos)"),
    gettext_noop("Faint: “%(phrase)s” (top %(top)s %% of your photos)"),
    gettext_noop("Strong: “%(phrase)s”"),
    gettext_noop("Clear: “%(phrase)s”"),
    gettext_noop("Faint: “%(phrase)s”"),
    gettext_noop("Dealbreaker: “%(phrase)s” is clearly there (top %(top)s %% of your photos)"),
    gettext_noop("Dealbreaker: “%(phrase)s” is clearly there"),
    gettext_noop("Strong sign of “%(phrase)s”, which you avoid (top %(top)s %% of your photos)"),
    gettext_noop("Clear sign of “%(phrase)s”, which you avoid (top %(top)s %% of your photos)"),
    gettext_noop("Faint sign of “%(phrase)s”, which you avoid (top %(top)s %% of your photos)"),
    gettext_noop("Strong sign of “%(phrase)s”, which you avoid"),
    gettext_noop("Clear sign of “%(phrase)s”, which you avoid"),
    gettext_noop("Faint sign of “%(phrase)s”, which you avoid"),
    gettext_noop("Nothing you wrote stands out here"),
    gettext_noop("Much like the photos you chose (top %(top)s %% of your photos)"),
    gettext_noop("Like the photos you chose (top %(top)s %% of your photos)"),
    gettext_noop("A little like the photos you chose (top %(top)s %% of your photos)"),
    gettext_noop("Much like the photos you chose"),
    gettext_noop("Like the photos you chose"),
    gettext_noop("A little like the photos you chose"),
    gettext_noop("Not much like the photos you chose"),
    gettext_noop("%(share)s %% likely that you would say yes"),
    # How strongly a search found a photo.
    gettext_noop("Strong"),
    gettext_noop("Clear"),
    gettext_noop("Faint"),
)
UNREADABLE = (
    gettext_noop("It could not be read"),
    gettext_noop("Reading it failed %(times)s times"),
    gettext_noop("The file is missing."),
    gettext_noop("The picture has too many pixels."),
    gettext_noop("The file is not a picture that can be read."),
)
OUTCOMES = (
    gettext_noop(
        "Version %(number)s: %(share)s %% accurate (%(low)s-%(high)s),"
        " version %(other)s was %(other_share)s %% on the same photos."
    ),
    gettext_noop("Version %(number)s: %(share)s %% accurate (%(low)s-%(high)s) on %(photos)s photos it had not seen."),
    gettext_noop("Version %(number)s: Too few photos to compare with version %(other)s."),
    gettext_noop("Only photos that you rated after its import count, because it may have learned from the others."),
    gettext_noop("Always saying yes would be %(share)s %%."),
    gettext_noop("Always saying no would be %(share)s %%."),
    gettext_noop("It is not clearly better at telling likes from dislikes, so version %(other)s stays."),
    gettext_noop("It ranks them better."),
    gettext_noop("Now active."),
)
FAILURES = (
    gettext_noop("The machine ran out of memory while learning."),
    gettext_noop("The disk is full, so the new version could not be saved."),
    gettext_noop("Make room and train again."),
    gettext_noop("Train again later."),
    gettext_noop("Your active version is as it was."),
    gettext_noop("Something went wrong while learning (%(error)s); the log says more."),
    gettext_noop("The storage of photos and versions does not answer as it should (%(reason)s)."),
    gettext_noop(
        "Training needs at least %(minimum)s different photos you like and %(minimum)s you do not;"
        " so far there are %(likes)s and %(dislikes)s."
    ),
    gettext_noop("The version file %(file)s is missing."),
    gettext_noop("The version file %(file)s was changed after it was written."),
    gettext_noop("The version file %(file)s cannot be read."),
)
MODELS = (gettext_noop("Starter model"),)
SENTENCES = (*REASONS, *UNREADABLE, *OUTCOMES, *FAILURES, *MODELS)
