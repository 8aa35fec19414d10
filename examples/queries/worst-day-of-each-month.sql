-- On which day of each month did flights arrive latest, on average?
WITH days AS (
  SELECT month, day, count(*) AS flights, avg(arr_delay) AS delay
  FROM flight_departed
  WHERE arr_delay IS NOT NULL
  GROUP BY month, day
),
ranked AS (
  SELECT month, day, flights, delay, row_number() OVER (PARTITION BY month ORDER BY delay DESC, day) AS place
  FROM days
)
SELECT month, day, flights, round(delay, 1) AS average_delay
FROM ranked
WHERE place = 1
ORDER BY month
