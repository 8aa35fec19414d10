"""Dead letters of both clouds: list, show, redrive, discard."""
