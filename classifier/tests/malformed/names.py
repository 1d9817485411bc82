"""Sound pictures under names that nobody should trust. They are only shown, so every one is accepted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from PIL import Image

from classifier.tests.image_samples import encoded
from classifier.tests.malformed.upload import Upload

HONEST = (
    "IMG_0412.jpg",
    "été à Brest.jpg",
    unicodedata.normalize("NFD", "été à Brest.jpg"),
    "写真.jpg",
    "صورة.jpg",
    "תמונה.jpg",
    "ภาพถ่าย.jpg",
    "\U0001f469\u200d\U0001f467\U0001f600.jpg",
    "\U0001f3f4\U000e0067\U000e0062\U000e007f.jpg",
    "z" + "\u0300" * 100 + ".jpg",  # one letter under a hundred accents
    "photo\u202egpj.exe",
    "\u2066left\u2069 to \u200fright.jpg",
    "\ufeffphoto.jpg",
    "CON",
    "con.jpg",
    "NUL.jpg",
    "COM1",
    "aux.h",
    "LPT9.jpg",
    "CLOCK$",
    "desktop.ini",
    ".htaccess",
    ".env",
    "-rf",
    "--help",
    "; rm -r ~",
    "$(reboot).jpg",
    "`id`.jpg",
    "' OR 1=1 --.jpg",
    '"; DROP TABLE classifier_photo; --.jpg',
    "<script>alert(1)<script>.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "{{ 7*7 }}{% debug %}.jpg",
    "%s%n%x.jpg",
    "50% off.jpg",
    "a..b.jpg",
    "...and then.jpg",
    "12:30.jpg",
    "photo.jpg.php",
    "photo.php.jpg",
    "x" * 200 + ".jpg",
    "x" * 400 + ".jpg",
    "é" * 300,
    "\U0001f600" * 200,
    "a." + "b" * 400,
    "   spaces   .jpg",
    "\u00a0.jpg",
    "\u3000",
    "=cmd|' -C calc'!A0.jpg",
)
TRICKS = (
    "../etc/passwd",
    "../../../../etc/passwd.jpg",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "//host/share.jpg",
    "\\\\host\\share.jpg",
    "C:photo.jpg",
    "c:\\photo.jpg",
    "a/b.jpg",
    "a\\b.jpg",
    "..",
    ".",
    " .. ",
    "..%2fphoto.jpg",
    "..%5cphoto.jpg",
    "photo%00.jpg",
    "photo.jpg\0.exe",
    "\0",
    "photo\x01.jpg",
    "photo\x7f.jpg",
    "photo\x85.jpg",
    "photo\u2028.jpg",
    "photo\u2029.jpg",
    "\x1b[31mred.jpg",
    "\u202e..\u202c",
    "a\u2215b.jpg",
    "a\u2216b.jpg",
    "<script>alert(1)</script>.jpg",
    "file:///etc/passwd",
    "http://example.org/a.jpg",
)


def named_uploads() -> Iterator[Upload]:
    for number, name in enumerate((*HONEST, *TRICKS)):
        data = encoded(Image.new("RGB", (40, 30), (number, 90, 30)))
        yield Upload("name", name, data + bytes(number + 1), taken=True)
