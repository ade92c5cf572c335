"""Small pictures of the styleguide, by which a change of look is seen; run as a module, it keeps the new ones.

A picture is a quarter of the page's size in five bits a colour: enough for the eye and for a review, indifferent to how a
machine smooths its letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageOps
from playwright.sync_api import Browser

from tests.look.sample_app import sample_app
from tests.look.stage import open_browser, served

FOLDER = Path(__file__).parent / "pictures"
SCALE = 4
BITS = 5
BLOCK = 6
SEEN_FROM = 24  # of 255, in the mean colour of a block


@dataclass(frozen=True)
class Pose:
    """One way to look at the styleguide."""

    language: str
    width: int

    @property
    def path(self) -> Path:
        return FOLDER / f"styleguide-{self.language}-{self.width}.png"


POSES = [Pose("vi", 390), Pose("vi", 1280), Pose("en", 390)]


def take(browser: Browser, address: str, pose: Pose) -> Image.Image:
    """The styleguide as it looks now, small."""
    page = browser.new_page(viewport={"width": pose.width, "height": 900}, reduced_motion="reduce")
    page.goto(f"{address}/styleguide?in=1&lang={pose.language}")
    page.evaluate("document.fonts.ready")
    whole = Image.open(BytesIO(page.screenshot(full_page=True, animations="disabled", caret="hide"))).convert("RGB")
    page.close()
    return whole.resize((whole.width // SCALE, whole.height // SCALE), Image.Resampling.BOX)


def changed_places(kept: Image.Image, taken: Image.Image) -> list[tuple[int, int]]:
    """Where, in pixels of the page, an eye would see a difference; the corner, when the sizes differ."""
    if kept.size != taken.size:
        return [(0, 0)]
    coarse = (kept.width // BLOCK, kept.height // BLOCK)
    ones, others = (image.convert("RGB").resize(coarse, Image.Resampling.BOX) for image in (kept, taken))
    difference = ImageChops.difference(ones, others)
    spots = ((x, y) for y in range(coarse[1]) for x in range(coarse[0]) if max(difference.getpixel((x, y))) > SEEN_FROM)
    return [(x * BLOCK * SCALE, y * BLOCK * SCALE) for x, y in spots]


def keep_all() -> None:
    """Replace the kept pictures; look at them before committing."""
    FOLDER.mkdir(exist_ok=True)
    with served(sample_app()) as address, open_browser() as browser:
        for pose in POSES:
            ImageOps.posterize(take(browser, address, pose), BITS).save(pose.path, optimize=True)


if __name__ == "__main__":
    keep_all()
