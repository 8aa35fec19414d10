-- Which planes flew the most miles, and for how many airlines?
SELECT
  tailnum,
  COUNT(*) AS flights,
  SUM(distance) AS miles,
  COUNT(DISTINCT carrier) AS airlines
FROM isthmus_dev_events.com_example_flight_departed_compacted
WHERE
  (
    NOT tailnum IS NULL AND NOT dep_time IS NULL
  )
  AND date >= CAST('2026-01-01' AS DATE)
GROUP BY
  tailnum
ORDER BY
  miles DESC,
  tailnum NULLS LAST
LIMIT 10
