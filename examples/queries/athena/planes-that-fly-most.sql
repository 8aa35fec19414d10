-- Which planes flew the most miles, and for how many airlines?
SELECT
  tailnum,
  COUNT(*) AS flights,
  SUM(distance) AS miles,
  COUNT(DISTINCT carrier) AS airlines
FROM isthmus_dev_events.com_example_flight_departed_compacted
WHERE
  NOT tailnum IS NULL AND NOT dep_time IS NULL
GROUP BY
  tailnum
ORDER BY
  miles DESC,
  tailnum
LIMIT 10
