-- What is the farthest that one gets without a change, and from where?
SELECT
  dest,
  MAX(distance) AS miles,
  MIN(origin) AS first_origin,
  ROUND(AVG(air_time) / 60, 1) AS hours_in_the_air
FROM isthmus_dev_events.com_example_flight_departed_compacted
WHERE
  date >= CAST('2026-01-01' AS DATE)
GROUP BY
  dest
ORDER BY
  miles DESC,
  dest NULLS LAST
LIMIT 5
