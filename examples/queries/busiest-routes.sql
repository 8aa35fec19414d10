-- Which routes are flown most, by how many airlines, and how far are they?
SELECT origin, dest, count(*) AS flights, count(DISTINCT carrier) AS airlines, max(distance) AS miles
FROM flight_departed
GROUP BY origin, dest
ORDER BY flights DESC, origin, dest
LIMIT 10
