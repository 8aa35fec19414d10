-- Who makes up most of a late departure on the way? Minutes, over flights that left at least a quarter of an hour late.
SELECT carrier, count(*) AS late_departures, round(avg(dep_delay - arr_delay), 1) AS minutes_made_up
FROM flight_departed
WHERE dep_delay >= 15 AND arr_delay IS NOT NULL
GROUP BY carrier
HAVING count(*) >= 50
ORDER BY minutes_made_up DESC, carrier
