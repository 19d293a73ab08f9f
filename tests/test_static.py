"""What browsers load is what we say it is: vendored files as noted, our own within their budget, nothing the strict policy refuses."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent / "static"
TEMPLATES = STATIC.parent / "templates"
NOTES = tomllib.loads((STATIC / "vendor" / "VENDOR.toml").read_text("utf-8"))["file"]
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text("utf-8")))


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note["path"])
def test_a_vendored_file_is_the_one_noted(note: dict[str, str]) -> None:
    digest = hashlib.sha512((STATIC / note["path"]).read_bytes()).hexdigest()
    assert digest == note["sha512"]
    assert (digest == note.get("source_sha512")) == (note["changed"] == "nothing")


def test_every_vendored_file_is_noted() -> None:
    code = {f"vendor/{path.name}" for path in (STATIC / "vendor").iterdir()} - {"vendor/VENDOR.toml", "vendor/LICENCES.txt"}
    assert code == {note["path"] for note in NOTES if note["path"].startswith("vendor/")}


def test_the_editors_style_sheet_holds_no_fonts() -> None:
    assert "font-face" not in (STATIC / "vendor" / "graphiql.min.css").read_text("utf-8")


@pytest.mark.parametrize(("name", "most"), [("portal.css", 32_000), ("portal.js", 12_000)])
def test_our_own_files_stay_small(name: str, most: int) -> None:
    assert (STATIC / name).stat().st_size <= most


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_no_style_or_script_of_its_own_and_knows_its_icons(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|<script(?! src=)|\son[a-z]+=|javascript:", text)
    icons = re.findall(r'icon\("([a-z0-9-]+)"', text) + re.findall(r'sign="([a-z0-9-]+)"', text)
    assert set(icons) <= ICONS
