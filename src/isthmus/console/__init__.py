"""The web page of a run: what runs, what flows, what waits, what it costs; and breaking and healing it.

It is a process of its own beside the control process: it asks what others have measured, and without it nothing is
lost.

    GET  /            the page; `?token=…` once, then a cookie
    GET  /events      everything that is shown, as server-sent events
    GET  /api/…       what is asked for once
    POST /api/…       what is done
"""
