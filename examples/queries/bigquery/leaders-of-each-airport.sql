-- Who are the three largest airlines of each airport?
WITH airlines AS (
  SELECT
    origin,
    carrier,
    COUNT(*) AS flights
  FROM isthmus_dev_events.com_example_flight_departed_compacted
  WHERE
    date >= CAST('2026-01-01' AS DATE)
  GROUP BY
    origin,
    carrier
), ranked AS (
  SELECT
    origin,
    carrier,
    flights,
    RANK() OVER (PARTITION BY origin ORDER BY flights DESC) AS place
  FROM airlines
)
SELECT
  origin,
  place,
  carrier,
  flights
FROM ranked
WHERE
  place <= 3
ORDER BY
  origin NULLS LAST,
  place NULLS LAST,
  carrier NULLS LAST
