-- What share of the flights of each airport never left?
SELECT
  origin,
  COUNT(*) AS flights,
  SUM(CASE WHEN dep_time IS NULL THEN 1 ELSE 0 END) AS cancelled,
  ROUND(1e2 * SUM(CASE WHEN dep_time IS NULL THEN 1 ELSE 0 END) / COUNT(*), 2) AS percent_cancelled
FROM isthmus_dev_events.com_example_flight_departed_compacted
WHERE
  date >= CAST('2026-01-01' AS DATE)
GROUP BY
  origin
ORDER BY
  percent_cancelled DESC,
  origin NULLS LAST
