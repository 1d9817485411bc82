"""`make screenshots`: the pictures of the README and the guides, taken from the product itself in both themes.

It starts Dating Wizard on a directory of its own with the sample library; a simulated person writes down a taste,
answers, and lets it train twice, as if within three weeks. Then a Chromium looks at each page, by day and by night.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import numpy as np
from django.apps import apps
from django.db.models import F
from django.db.models.expressions import Combinable
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from classifier.sample import sample_photos
from wizard.demo import draw_taste, in_words, key_of, likes_of
from wizard.instance import BASE_DIR, Api, Instance, running_instance
from wizard.tests.browser import launched

PICTURES = BASE_DIR / "docs" / "pictures"
COMPONENTS = Path(__file__).with_name("components.html")
SEED = 57  # likes flowers, libraries, kitchens, sunsets and beaches, and writes down all but the last
FIRST, SECOND, MATCHES = 90, 45, 25  # answers before each training; how many of the second are to its best matches
OF_TWO_MINDS = 11  # nobody always answers alike: every so many answers are not what the taste says
THEMES = ("light", "dark")
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1.25}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780},
    "device_scale_factor": 1.5,
    "is_mobile": True,
    "has_touch": True,
}
QUALITY = 72
PHRASES_TO_AVOID = (
    {"phrase": "a car in the street", "kind": "avoid"},
    {"phrase": "with a motorbike", "kind": "avoid", "is_dealbreaker": True},
)

Shown = Callable[[Page], None]


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="wizard-pictures-") as folder,
        running_instance(Path(folder) / "data", WIZARD_TRAIN_NICE="0") as instance,
    ):
        live_for_three_weeks(instance)
        components = rendered_components()
        with launched() as browser:
            for theme in THEMES:
                take_all(browser, instance, theme, components)
    whole = sum(file.stat().st_size for file in PICTURES.glob("*.webp"))
    print(f"{len(list(PICTURES.glob('*.webp')))} pictures in {PICTURES}, {whole // 1024} kB")


def live_for_three_weeks(instance: Instance) -> None:
    """Phrases, references, answers, a training, more answers to what it found, another training."""
    os.environ.update(instance.environment)
    django.setup()
    api = instance.api()
    generator = np.random.default_rng(SEED)
    taste = draw_taste(sample_photos(), generator)
    likes = likes_of(taste)
    for phrase in ({"phrase": each} for each in in_words(taste)[:4]):
        api.call("POST", "preferences/texts", json=phrase).raise_for_status()
    for avoided in PHRASES_TO_AVOID:
        api.call("POST", "preferences/texts", json=avoided).raise_for_status()
    photos = api.wait_until_scored()
    liked = [photo for photo in photos if likes[key_of(photo)]]
    for photo in liked[:2]:
        api.call("POST", "preferences/references", json={"photo_id": photo["id"]}).raise_for_status()
    photos = api.wait_until_scored()
    drawn = [photos[row] for row in generator.permutation(len(photos))]
    answer(api, drawn[:FIRST], likes)
    train(api)
    into_the_past(days=9)
    best_first = sorted(api.wait_until_scored(), key=lambda photo: -photo["score"])
    left = [photo for photo in best_first if photo["user_feedback"] is None]
    answer(api, [*left[:MATCHES], *left[MATCHES:][:: len(left) // (SECOND - MATCHES)]], likes)
    train(api)
    api.wait_until_scored()


def answer(api: Api, photos: list[dict[str, Any]], likes: dict[tuple[str, str], bool]) -> None:
    """Every fifth like is a super like, and the answers lie some hours apart."""
    from classifier.models import ClassificationResult

    for number, photo in enumerate(photos, 1):
        says_yes = likes[key_of(photo)] != (number % OF_TWO_MINDS == 0)
        api.answer(photo, ("super_like" if number % 5 == 0 else "like") if says_yes else "dislike")
    given = ClassificationResult.objects.filter(pk__in=[photo["result_id"] for photo in photos])
    for number, result in enumerate(given.order_by("feedback_at")):
        before = timedelta(hours=8 * 24 * (len(photos) - number) / len(photos))
        ClassificationResult.objects.filter(pk=result.pk).update(feedback_at=F("feedback_at") - before)


def train(api: Api) -> None:
    job = api.wait_until_ended(api.start_training(), seconds=600)
    print(f"{job['status']}: {job['outcome']}")


def into_the_past(*, days: int) -> None:
    """Move everything that happened: every time that a row of ours keeps."""
    for model in apps.get_models():
        if model._meta.app_label in ("classifier", "training"):
            times = [field.name for field in model._meta.fields if field.get_internal_type() == "DateTimeField"]
            moved: dict[str, Combinable] = {name: F(name) - timedelta(days=days) for name in times}
            if moved:
                model._default_manager.update(**moved)


def rendered_components() -> str:
    """scripts/components.html, filled with rows of this instance and with the product's own fragments."""
    from django.contrib.auth.models import User
    from django.template import engines
    from django.test import RequestFactory

    from classifier.models import Photo
    from training.stats import stats_of
    from wizard.accounts import SignUpForm

    demo = User.objects.get(username="demo")
    rated = Photo.objects.owned_by(demo).with_current_result()
    one_each = [rated.with_verdict(verdict)[0] for verdict in ("super", "match", "miss")]
    queued, unreadable = Photo.objects.owned_by(demo)[1:3]
    queued.status = Photo.Status.QUEUED
    unreadable.status = Photo.Status.UNREADABLE
    unreadable.unreadable_reason = "This file is damaged: half of the picture is missing."
    request = RequestFactory().get("/components/")
    request.user = demo
    filled = {
        "photos": one_each,
        "queued": queued,
        "unreadable": unreadable,
        "stats": stats_of(demo),
        "form": SignUpForm({"username": "demo", "password1": "four quiet words", "password2": "four loud words"}),
    }
    return str(engines["django"].from_string(COMPONENTS.read_text()).render(filled, request))


def take_all(browser: Browser, instance: Instance, theme: str, components: str) -> None:
    """Sign in once, look at everything in one theme."""
    context = browser.new_context(base_url=instance.url, color_scheme=theme, locale="en-GB", **DESKTOP)  # type: ignore[arg-type]  # one of THEMES
    page = context.new_page()
    sign_in(page, instance.password)
    best = instance.api().every_photo("order=score")[0]["id"]
    take(page, theme, "home", "/", whole=True)
    take(page, theme, "library", "/library/", hover_a_tile)
    take(page, theme, "photo", f"/photos/{best}/", why)
    take(page, theme, "review", "/review/", the_card)
    take(page, theme, "taste", "/taste/", words)
    take(page, theme, "map", "/map/", laid_out)
    take(page, theme, "training", "/training/", curves)
    take(page, theme, "versions", "/versions/")
    take(page, theme, "compare", "/versions/compare/?v=3&v=2", compared)
    page.route("**/components/", lambda route: as_page(route, components))
    take(page, theme, "components", "/components/", whole=True)
    phone = browser.new_context(
        base_url=instance.url,
        color_scheme=theme,  # type: ignore[arg-type]  # one of THEMES
        locale="en-GB",
        storage_state=context.storage_state(),
        **PHONE,
    )
    on_phone = phone.new_page()
    take(on_phone, theme, "phone-library", "/library/", rings)
    take(on_phone, theme, "phone-review", "/review/", the_card)
    phone.close()
    context.close()


def sign_in(page: Page, password: str) -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: urlsplit(address).path == "/")


def take(page: Page, theme: str, name: str, address: str, shown: Shown | None = None, *, whole: bool = False) -> None:
    """One page as one file; `shown` waits for what the page brings by itself, or does what a reader would."""
    page.goto(address)
    if shown:
        shown(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # what fades in has faded in
    # What turns or shimmers stands as it began: a spinner that was caught with its gap below looks cut off.
    picture = Image.open(io.BytesIO(page.screenshot(full_page=whole, animations="disabled")))
    picture.convert("RGB").save(PICTURES / f"{name}-{theme}.webp", quality=QUALITY, method=6)


def as_page(route: Route, text: str) -> None:
    """Answered here, so that styles, icons and photos of the page come from the running product."""
    route.fulfill(body=text, content_type="text/html; charset=utf-8")


def rings(page: Page) -> None:
    page.locator("#grid .ring").first.wait_for()


def hover_a_tile(page: Page) -> None:
    rings(page)
    page.locator("#grid .tile").nth(8).hover()


def why(page: Page) -> None:
    """Why, for the first phrase: what was learned comes before it."""
    page.locator(".why-box summary").click()
    page.locator("#why-map rect").first.wait_for(state="attached")
    with page.expect_response(lambda answer: "about=" in answer.url):
        page.locator("#why-about").select_option(index=1)
    page.locator("#why .why-legend").wait_for()


def the_card(page: Page) -> None:
    page.locator(".review-card img").first.wait_for()


def words(page: Page) -> None:
    page.locator("section#words").wait_for(state="attached")


def laid_out(page: Page) -> None:
    page.locator(".map-note").wait_for(state="hidden")


def curves(page: Page) -> None:
    page.locator(".uplot").first.wait_for()


def compared(page: Page) -> None:
    page.locator(".compared").wait_for()


if __name__ == "__main__":
    main()
