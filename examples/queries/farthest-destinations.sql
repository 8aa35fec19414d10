-- What is the farthest that one gets without a change, and from where?
SELECT dest, max(distance) AS miles, min(origin) AS first_origin, round(avg(air_time) / 60, 1) AS hours_in_the_air
FROM flight_departed
GROUP BY dest
ORDER BY miles DESC, dest
LIMIT 5
