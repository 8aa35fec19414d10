-- What is the farthest that one gets without a change, and from where?
SELECT
  dest,
  MAX(distance) AS miles,
  MIN(origin) AS first_origin,
  ROUND(CAST(AVG(air_time) AS DOUBLE) / 60, 1) AS hours_in_the_air
FROM isthmus_dev_events.com_example_flight_departed_compacted
GROUP BY
  dest
ORDER BY
  miles DESC,
  dest
LIMIT 5
