"""What can be given for a column, and the form it is stored in: mutations, pages, files and their documentation read it from here."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from portal.registry import values

Warn = Callable[[str], None]  # is told what to look at, though the value is taken
Clean = Callable[[Any, Warn], Any]


@dataclass(frozen=True)
class Editable:
    """`clean(value, warn)` returns the value in the form it is stored in, and raises Invalid with what is wrong and what to do.

    `type` is the Python type of what is given. `required`: it can't be left empty. `nullable`: None is unstated.
    `once`: it is given when the record is created, and stays. `listed`: it has several values. `multiline`: a text of several lines.
    `without`: choices that can be read and not chosen.
    """

    type: type[Any]
    clean: Clean
    required: bool = False
    nullable: bool = False
    once: bool = False
    listed: bool = False
    multiline: bool = False
    without: tuple[Enum, ...] = ()


def one_line(max_characters: int = values.MAX_TEXT_CHARACTERS, *, required: bool = False, once: bool = False) -> Editable:
    return Editable(str, values.one_line(max_characters, required=required), required=required, once=once)


def notes() -> Editable:
    """Markdown, of several lines."""
    return Editable(str, values.several_lines, multiline=True)


def url(*schemes: str) -> Editable:
    return Editable(str, values.url(schemes or ("http", "https")))


def email(*, required: bool = False) -> Editable:
    return Editable(str, values.email(required=required), required=required)


def phone() -> Editable:
    return Editable(str, values.phone)


def country() -> Editable:
    return Editable(str, values.country)


def flag(*, nullable: bool = False) -> Editable:
    return Editable(bool, values.flag, nullable=nullable)


def number(lowest: int, highest: int, *, nullable: bool = False, required: bool = False) -> Editable:
    return Editable(int, values.number(lowest, highest), required=required, nullable=nullable)


def one_of(*numbers: int) -> Editable:
    """One of a few numbers, or none."""
    return Editable(int, values.one_of(numbers), nullable=True)


def degrees(highest: int) -> Editable:
    """Of latitude or longitude (WGS 84)."""
    return Editable(float, values.degrees(highest), nullable=True)


def choice(choices: type[Enum], *, required: bool = False, preset: bool = False, without: tuple[Enum, ...] = ()) -> Editable:
    """One of the choices, as its name (OPEN) or PeeringDB's text (Open). `without`: those that can be read and not chosen.

    `preset`: one is needed, and a new record has it from the beginning.
    """
    return Editable(choices, values.choice(choices, without, required=required or preset), required=required, without=without)


def several(choices: type[Enum]) -> Editable:
    """Some of the choices."""
    return Editable(choices, values.choices(choices), listed=True)


def social_media() -> Editable:
    return Editable(dict, values.social_media, listed=True)


def as_sets() -> Editable:
    return Editable(str, values.as_sets)


def mac_address() -> Editable:
    return Editable(str, values.mac_address)


def address(family: int) -> Editable:
    return Editable(str, values.address(family), nullable=True)


def prefix() -> Editable:
    return Editable(str, values.prefix, required=True)


def asn(*, required: bool = True, once: bool = True) -> Editable:
    """`type` is a number, though "AS64500" is taken too."""
    return Editable(int, values.asn(required=required), required=required, nullable=not required, once=once)


def reference(*, nullable: bool = False, once: bool = True) -> Editable:
    """The number of another record; whether that is there is asked where the record is written."""
    return Editable(int, values.number(1, values.MAX_ID), required=not nullable, nullable=nullable, once=once)
