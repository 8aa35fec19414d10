-- Who are the three largest airlines of each airport?
WITH airlines AS (
  SELECT origin, carrier, count(*) AS flights
  FROM flight_departed
  GROUP BY origin, carrier
),
ranked AS (
  SELECT origin, carrier, flights, rank() OVER (PARTITION BY origin ORDER BY flights DESC) AS place
  FROM airlines
)
SELECT origin, place, carrier, flights
FROM ranked
WHERE place <= 3
ORDER BY origin, place, carrier
