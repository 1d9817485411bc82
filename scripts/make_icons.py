"""Make static/icons/sprite.svg from Lucide's single icons (ISC licence).

    npm install lucide-static
    python scripts/make_icons.py node_modules/lucide-static

Only the icons named below are taken, so that the sprite stays a few kilobytes. The strokes' colour, width and caps
are left out on purpose: they are inherited from the `.icon` class of the page that uses the symbol.
"""

import re
import shutil
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static" / "icons"

NAMES = """
arrow-down arrow-left arrow-up bookmark bookmark-plus check chevron-left chevron-right circle-alert circle-check
circle-user-round clock cloud-off copy download folder-open graduation-cap heart house image-off image-plus images info
key-round keyboard layers loader-circle lock log-out minus monitor moon octagon-x pencil pin pin-off plus rotate-ccw
scale search shield-check sliders-horizontal sparkles star sun trash-2 undo-2 upload wand-sparkles x
"""


def symbol(name: str, source: str) -> str:
    """The drawing of one icon as a <symbol>, without comments, line breaks and outer attributes."""
    body = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
    if body is None:
        raise SystemExit(f"{name}.svg does not look like a Lucide icon.")
    drawing = re.sub(r"\s+", " ", body.group(1)).replace("> <", "><").replace(" />", "/>").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>'


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    lucide = Path(sys.argv[1])
    symbols = []
    for name in sorted(NAMES.split()):
        file = lucide / "icons" / f"{name}.svg"
        if not file.exists():
            raise SystemExit(f"This release of Lucide has no icon called {name}.")
        symbols.append(symbol(name, file.read_text()))
    STATIC.mkdir(parents=True, exist_ok=True)
    sprite = "\n".join(symbols)
    (STATIC / "sprite.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{sprite}\n</svg>\n')
    shutil.copyfile(lucide / "LICENSE", STATIC / "LICENSE.lucide.txt")
    print(f"{len(symbols)} icons written to {STATIC / 'sprite.svg'}")


if __name__ == "__main__":
    main()
