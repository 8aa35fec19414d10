-- How many flights leave each day, and how many more or fewer than the day before? The ten largest steps.
WITH days AS (
  SELECT year, month, day, count(*) AS flights
  FROM flight_departed
  GROUP BY year, month, day
),
steps AS (
  SELECT year, month, day, flights, flights - lag(flights) OVER (ORDER BY year, month, day) AS step
  FROM days
)
SELECT year, month, day, flights, step
FROM steps
WHERE step IS NOT NULL
ORDER BY abs(step) DESC, year, month, day
LIMIT 10
