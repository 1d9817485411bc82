import unicodedata

import pytest

from classifier.images import ImageRefused, clean_name


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
    "name",
    [
        "../etc/passwd",
        "..",
        ".",
        " .. ",
        "..\\photo.jpg",
        "/photo.jpg",
        "a/b.jpg",
        "C:photo.jpg",
        "c:\\photo.jpg",
        "photo.jpg\0.exe",
        "photo\n.jpg",
        "photo\x7f.jpg",
        "photo\x85.jpg",
        "photo\u2028.jpg",
        "\udcff.jpg",
        "..%2fphoto.jpg",
        "photo%00.jpg",
        "\u202e..\u202c",
    ],
)
def test_a_name_with_a_path_trick_is_refused(name: str) -> None:
    with pytest.raises(ImageRefused, match="rename it") as refused:
        clean_name(name)
    assert refused.value.code == "bad_name"


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
