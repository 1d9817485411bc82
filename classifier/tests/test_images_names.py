import unicodedata

import pytest

from classifier.images import as_named, clean_name


@pytest.mark.parametrize(
    "name",
    [
        "IMG_0412.jpg",
        "été à Brest.png",
        "写真.heic",
        "\uff11\uff0f\uff12.jpg",  # full-width slash: a letter like any other
        "...and then.jpg",
        "a..b.jpg",
        "50% off.gif",
        "\U0001f469\u200d\U0001f467.webp",  # a family, joined by a zero-width joiner
        "12:30.jpg",
    ],
)
def test_an_honest_name_is_kept(name: str) -> None:
    assert clean_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../etc/passwd", "passwd"),
        ("..", "picture"),
        (".", "picture"),
        (" .. ", "picture"),
        ("photos/", "photos"),
        ("..\\photo.jpg", "photo.jpg"),
        ("/photo.jpg", "photo.jpg"),
        ("c:\\me\\photo.jpg", "photo.jpg"),
        ("A: first date.jpg", "A: first date.jpg"),
        ("..%2fphoto.jpg", "..%2fphoto.jpg"),
        ("photo%00.jpg", "photo%00.jpg"),
        ("photo\t1.jpg", "photo 1.jpg"),
        ("photo.jpg\0.exe", "photo.jpg .exe"),
        ("photo\n.jpg", "photo .jpg"),
        ("\x7fphoto\x85.jpg", "photo .jpg"),
        ("photo\u2028.jpg", "photo .jpg"),
        ("\udce9t\udce9.jpg", "\u00e9t\u00e9.jpg"),  # Latin-1 on a disk
        ("\udc80.jpg", "\u20ac.jpg"),
        ("\ud83d.jpg", "\ufffd.jpg"),  # half of an emoji
        ("\u202e..\u202c", "picture"),
    ],
)
def test_a_name_is_cleaned_and_never_refused(name: str, shown: str) -> None:
    assert clean_name(name) == shown
    assert clean_name(shown) == shown


def test_a_quote_that_a_browser_escaped_is_a_quote_again() -> None:
    assert as_named("say %22cheese%22, 50%25 off%0D%0A.jpg") == 'say "cheese", 50%25 off  .jpg'


def test_bidi_controls_are_dropped_so_that_the_ending_shows() -> None:
    assert clean_name("photo\u202egpj.exe") == "photogpj.exe"


def test_letters_are_composed() -> None:
    assert clean_name("e\u0301te\u0301.jpg") == "\u00e9t\u00e9.jpg"


def test_a_long_name_keeps_its_ending() -> None:
    shown = clean_name("x" * 400 + ".jpeg")
    assert len(shown) == 255
    assert shown.endswith("x.jpeg")
    assert len(clean_name("y" * 400)) == 255


def test_a_name_of_nothing_gets_a_word() -> None:
    assert clean_name("") == clean_name(" \u200f ") == "picture"
