"""constraints.txt pins everything that setup.cfg asks for, directly or not, within its ranges, and nothing else."""

from configparser import ConfigParser
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ELSEWHERE = {"async-timeout"}  # needed by redis before Python 3.11.3
HOUSE = Path(__file__).parents[2]
SETUP = ConfigParser()
SETUP.read(HOUSE / "setup.cfg", "utf-8")


def pins() -> dict[str, str]:
    """Canonical name → version."""
    lines = (HOUSE / "constraints.txt").read_text("utf-8").splitlines()
    named = (line.partition("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(name): version for name, _, version in named}


def direct_requirements() -> list[Requirement]:
    text = SETUP["options"]["install_requires"] + SETUP["options.extras_require"]["test"]
    return [Requirement(line) for line in text.split("\n") if line]


def everything_needed() -> dict[str, list[Requirement]]:
    """Canonical name → who asks for it in which versions, here and now (markers are evaluated)."""
    requirements: dict[str, list[Requirement]] = {}
    waiting = direct_requirements()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement not in requirements.setdefault(name, []):
            requirements[name].append(requirement)
            waiting.extend(needed for text in requires(name) or () if applies(needed := Requirement(text), requirement.extras))
    return requirements


def applies(requirement: Requirement, extras: set[str]) -> bool:
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in {"", *extras})


def test_everything_that_is_installed_is_pinned_and_nothing_else() -> None:
    assert pins().keys() - ELSEWHERE == everything_needed().keys() - ELSEWHERE
    assert pins().keys() >= ELSEWHERE


def test_every_pin_is_within_every_range() -> None:
    pinned = pins()
    wishes = [(name, requirement) for name, asking in everything_needed().items() for requirement in asking]
    assert [f"{name} {pinned[name]}: {wish}" for name, wish in wishes if not wish.specifier.contains(pinned[name])] == []


def test_strawberry_is_asked_for_exactly() -> None:
    assert [str(requirement.specifier) for requirement in direct_requirements() if requirement.name == "strawberry-graphql"] == [
        "==0.341.2"
    ]
