-- Which planes flew the most miles, and for how many airlines?
SELECT tailnum, count(*) AS flights, sum(distance) AS miles, count(DISTINCT carrier) AS airlines
FROM flight_departed
WHERE tailnum IS NOT NULL AND dep_time IS NOT NULL
GROUP BY tailnum
ORDER BY miles DESC, tailnum
LIMIT 10
