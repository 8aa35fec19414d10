-- How late is late? Flights by how many minutes after schedule they left.
WITH sizes AS (
  SELECT
    CASE
      WHEN dep_delay IS NULL THEN '5 never'
      WHEN dep_delay <= 0 THEN '1 on time or early'
      WHEN dep_delay < 15 THEN '2 under a quarter of an hour'
      WHEN dep_delay < 60 THEN '3 under an hour'
      ELSE '4 an hour or more'
    END AS how_late
  FROM flight_departed
)
SELECT how_late, count(*) AS flights
FROM sizes
GROUP BY how_late
ORDER BY how_late
