-- What share of each airline's flights arrives on time, which is less than a quarter of an hour late?
SELECT
  carrier,
  COUNT(*) AS arrivals,
  ROUND(1e2 * SUM(CASE WHEN arr_delay < 15 THEN 1 ELSE 0 END) / COUNT(*), 1) AS percent_on_time
FROM isthmus_dev_events.com_example_flight_departed_compacted
WHERE
  NOT arr_delay IS NULL AND date >= CAST('2026-01-01' AS DATE)
GROUP BY
  carrier
ORDER BY
  percent_on_time DESC,
  carrier NULLS LAST
