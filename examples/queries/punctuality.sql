-- What share of each airline's flights arrives on time, which is less than a quarter of an hour late?
SELECT
  carrier,
  count(*) AS arrivals,
  round(1e2 * sum(CASE WHEN arr_delay < 15 THEN 1 ELSE 0 END) / count(*), 1) AS percent_on_time
FROM flight_departed
WHERE arr_delay IS NOT NULL
GROUP BY carrier
ORDER BY percent_on_time DESC, carrier
