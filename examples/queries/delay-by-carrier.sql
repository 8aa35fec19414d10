-- Which airlines leave latest, on average? Minutes; a flight that was cancelled has no delay.
SELECT carrier, count(*) AS flights, round(avg(dep_delay), 1) AS average_delay
FROM flight_departed
GROUP BY carrier
ORDER BY average_delay DESC, carrier
