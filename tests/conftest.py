"""The plugins of the suite. What the caller's environment says about a portal is not for the tests, but for PORTAL_TEST_…"""

import os

pytest_plugins = [
    "pytester",
    "tests.needs",
    "tests.engines",
    "tests.people",
    "tests.redis",
    "tests.repetitions",
    "tests.routes",
    "tests.shared",
    "tests.smtp",
    "tests.demo",
    "tests.chromium",
]

for name in [name for name in os.environ if name.startswith("PORTAL_") and not name.startswith("PORTAL_TEST_")]:
    del os.environ[name]
