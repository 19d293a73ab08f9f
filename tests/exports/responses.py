"""Exports as they came."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

Line = dict[str, Any]


@dataclass
class Export:
    """An export as it came."""

    response: TestResponse

    @property
    def lines(self) -> list[Line]:
        assert self.response.status_code == 200, self.response.get_data(as_text=True)
        return [json.loads(line) for line in gzip.decompress(self.response.data).splitlines()]

    @property
    def rows(self) -> list[Line]:
        return self.lines[:-1]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def error(self) -> tuple[int, str]:
        assert self.response.mimetype == "application/json"
        assert self.response.json
        return self.response.status_code, self.response.json["errors"][0]["extensions"]["code"]


Get = Callable[..., Export]
