-- At which hour of the day is one best off? Local time; hours with fewer than 100 flights say little.
SELECT
  hour,
  COUNT(*) AS flights,
  ROUND(AVG(dep_delay), 1) AS average_delay
FROM isthmus_dev_events.com_example_flight_departed_compacted
GROUP BY
  hour
HAVING
  COUNT(*) >= 100
ORDER BY
  average_delay,
  hour
