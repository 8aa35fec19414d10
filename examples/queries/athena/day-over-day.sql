-- How many flights leave each day, and how many more or fewer than the day before? The ten largest steps.
WITH days AS (
  SELECT
    year,
    month,
    day,
    COUNT(*) AS flights
  FROM isthmus_dev_events.com_example_flight_departed_compacted
  GROUP BY
    year,
    month,
    day
), steps AS (
  SELECT
    year,
    month,
    day,
    flights,
    flights - LAG(flights) OVER (ORDER BY year, month, day) AS step
  FROM days
)
SELECT
  year,
  month,
  day,
  flights,
  step
FROM steps
WHERE
  NOT step IS NULL
ORDER BY
  ABS(step) DESC,
  year,
  month,
  day
LIMIT 10
