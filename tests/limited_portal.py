"""`portal` with other limits of its server: `python tests/limited_portal.py '{"head_seconds": 1}' serve --port 8000`."""

import json
import sys
from dataclasses import replace

from portal.cli import main, serve

if __name__ == "__main__":
    own = json.loads(sys.argv.pop(1))
    limits_for = serve.limits_for
    serve.limits_for = lambda descriptors: replace(limits_for(descriptors), **own)
    main()
