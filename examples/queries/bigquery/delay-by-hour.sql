-- At which hour of the day is one best off? Local time; hours with fewer than 100 flights say little.
SELECT
  hour,
  COUNT(*) AS flights,
  ROUND(AVG(dep_delay), 1) AS average_delay
FROM isthmus_dev_events.com_example_flight_departed_compacted
WHERE
  date >= CAST('2026-01-01' AS DATE)
GROUP BY
  hour
HAVING
  COUNT(*) >= 100
ORDER BY
  average_delay NULLS LAST,
  hour NULLS LAST
