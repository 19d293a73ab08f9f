"""The audit's chain: what its check says, and how to tamper with it."""

from flask import Flask
from sqlalchemy import text

from portal.audit.verify import Head, Verdict, verify
from portal.db.session import snapshot
from portal.extensions import db, settings


def look(app: Flask, noted: Head | None = None, key: bytes = b"") -> Verdict:
    with app.app_context(), snapshot(db.engine) as connection:
        return verify(connection, key or settings().audit_key, noted)


def tamper(app: Flask, *statements: str) -> None:
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        for statement in statements:
            connection.execute(text(statement))


def findings(verdict: Verdict) -> list[tuple[str, int, int]]:
    return [(finding.wrong, finding.first, finding.last) for finding in verdict.findings]
