"""What watches over a run beside its clouds, in one process: each service is a loop and routes under its name.

    GET http://127.0.0.1:PORT/status                 what each service does
    ANY http://127.0.0.1:PORT/SERVICE/…              a service's own routes

Every request carries the control token of the run's record as a bearer token.
"""
