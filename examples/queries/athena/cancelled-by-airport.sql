-- What share of the flights of each airport never left?
SELECT
  origin,
  COUNT(*) AS flights,
  SUM(CASE WHEN dep_time IS NULL THEN 1 ELSE 0 END) AS cancelled,
  ROUND(
    CAST(1e2 * SUM(CASE WHEN dep_time IS NULL THEN 1 ELSE 0 END) AS DOUBLE) / COUNT(*),
    2
  ) AS percent_cancelled
FROM isthmus_dev_events.com_example_flight_departed_compacted
GROUP BY
  origin
ORDER BY
  percent_cancelled DESC,
  origin
