"""`python -m isthmus.local.proxy`: the proxy process."""

from isthmus.local.proxy.server import main

main()
