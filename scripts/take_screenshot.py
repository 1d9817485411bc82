"""Take the README's picture of the library from a running instance.

python scripts/take_screenshot.py http://localhost:8000 demo PASSWORD
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "library.webp"


def main() -> None:
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    address, name, password = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5, color_scheme="dark")
        page.goto(f"{address}/accounts/sign-in/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.locator("#grid .ring").first.wait_for()
        page.locator("#grid .tile").nth(7).hover()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(400)  # the answers fade in
        Image.open(io.BytesIO(page.screenshot())).save(PICTURE, quality=82, method=6)
        browser.close()
    print(f"{PICTURE}: {PICTURE.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
