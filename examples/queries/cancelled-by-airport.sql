-- What share of the flights of each airport never left?
SELECT
  origin,
  count(*) AS flights,
  sum(CASE WHEN dep_time IS NULL THEN 1 ELSE 0 END) AS cancelled,
  round(1e2 * sum(CASE WHEN dep_time IS NULL THEN 1 ELSE 0 END) / count(*), 2) AS percent_cancelled
FROM flight_departed
GROUP BY origin
ORDER BY percent_cancelled DESC, origin
