-- Who makes up most of a late departure on the way? Minutes, over flights that left at least a quarter of an hour late.
SELECT
  carrier,
  COUNT(*) AS late_departures,
  ROUND(AVG(dep_delay - arr_delay), 1) AS minutes_made_up
FROM isthmus_dev_events.com_example_flight_departed_compacted
WHERE
  dep_delay >= 15 AND NOT arr_delay IS NULL
GROUP BY
  carrier
HAVING
  COUNT(*) >= 50
ORDER BY
  minutes_made_up DESC,
  carrier
