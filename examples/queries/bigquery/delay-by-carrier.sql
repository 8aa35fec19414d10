-- Which airlines leave latest, on average? Minutes; a flight that was cancelled has no delay.
SELECT
  carrier,
  COUNT(*) AS flights,
  ROUND(AVG(dep_delay), 1) AS average_delay
FROM isthmus_dev_events.com_example_flight_departed_compacted
WHERE
  date >= CAST('2026-01-01' AS DATE)
GROUP BY
  carrier
ORDER BY
  average_delay DESC,
  carrier NULLS LAST
