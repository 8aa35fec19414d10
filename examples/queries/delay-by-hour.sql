-- At which hour of the day is one best off? Local time; hours with fewer than 100 flights say little.
SELECT hour, count(*) AS flights, round(avg(dep_delay), 1) AS average_delay
FROM flight_departed
GROUP BY hour
HAVING count(*) >= 100
ORDER BY average_delay, hour
