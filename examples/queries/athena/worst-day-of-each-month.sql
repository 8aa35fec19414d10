-- On which day of each month did flights arrive latest, on average?
WITH days AS (
  SELECT
    month,
    day,
    COUNT(*) AS flights,
    AVG(arr_delay) AS delay
  FROM isthmus_dev_events.com_example_flight_departed_compacted
  WHERE
    NOT arr_delay IS NULL
  GROUP BY
    month,
    day
), ranked AS (
  SELECT
    month,
    day,
    flights,
    delay,
    ROW_NUMBER() OVER (PARTITION BY month ORDER BY delay DESC, day) AS place
  FROM days
)
SELECT
  month,
  day,
  flights,
  ROUND(delay, 1) AS average_delay
FROM ranked
WHERE
  place = 1
ORDER BY
  month
