"""The image's entry point: `python -m isthmus.functions.gcp`, listening on PORT as Cloud Run asks."""

from __future__ import annotations

import os
import sys

import uvicorn

from isthmus.core.errors import ConfigurationError
from isthmus.functions.gcp.app import create_app
from isthmus.functions.settings import Settings


def main() -> int:
    """Serves until SIGTERM; exits 2 with a sentence when a setting is wrong."""
    try:
        app = create_app(Settings.from_environment())
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    host = "127.0.0.1" if os.environ.get("ISTHMUS_LOCAL") else "0.0.0.0"  # noqa: S104 - Cloud Run routes to the container
    port = int(os.environ.get("PORT", "8080"))
    # h11, whatever else is installed: here as in the image, which has nothing else.
    uvicorn.run(app, host=host, port=port, http="h11", access_log=False, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
