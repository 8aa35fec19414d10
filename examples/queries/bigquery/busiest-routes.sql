-- Which routes are flown most, by how many airlines, and how far are they?
SELECT
  origin,
  dest,
  COUNT(*) AS flights,
  COUNT(DISTINCT carrier) AS airlines,
  MAX(distance) AS miles
FROM isthmus_dev_events.com_example_flight_departed_compacted
WHERE
  date >= CAST('2026-01-01' AS DATE)
GROUP BY
  origin,
  dest
ORDER BY
  flights DESC,
  origin NULLS LAST,
  dest NULLS LAST
LIMIT 10
