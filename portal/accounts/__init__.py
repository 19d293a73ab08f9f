"""People: how they sign in, prove who they are, and become members; the rules, which no page or command goes around."""

from portal.accounts.members import add_member, read_members, remove_member
from portal.accounts.passwords import make_password
from portal.accounts.people import create_person, delete_person, find_person, reset_password
from portal.accounts.sign_in import change_password, confirm, sign_in, sign_out, sign_out_others

__all__ = [
    "add_member",
    "change_password",
    "confirm",
    "create_person",
    "delete_person",
    "find_person",
    "make_password",
    "read_members",
    "remove_member",
    "reset_password",
    "sign_in",
    "sign_out",
    "sign_out_others",
]
