"""Route 53 and Cloud DNS on the laptop: two authorities for the zone that Terraform makes, and their health checkers.

`zones` reads the zones from the states of the edge stacks, `steering` says who gets which answer, `answers` speaks
DNS, `server` listens, `checkers` probes, and `service` puts them into the control process. `edge` applies the stacks;
`drill` and `drain` are what an operator does.
"""
