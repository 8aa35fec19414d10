# METADATA
# title: Ranges of addresses
# description: Which ranges are everywhere, and which are neither private nor those of Google's own load balancers.
package isthmus.lib.networks

import rego.v1

# RFC 1918, RFC 6598 and RFC 4193; then Google's load balancers and health checks, and its tunnel for administrators
# (cloud.google.com/load-balancing/docs/firewall-rules and cloud.google.com/iap/docs/using-tcp-forwarding, 2025-11).
_inside := [
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7",
	"130.211.0.0/22", "35.191.0.0/16", "35.235.240.0/20",
]

is_everywhere(range) if range in ["0.0.0.0/0", "::/0"]

# Two halves are everywhere, too.
is_everywhere(range) if regex.match(`^[0-9.]+/[01]$`, range)

is_outside(range) if not is_inside(range)

is_inside(range) if {
	some known in _inside
	contains(known, ":") == contains(range, ":")
	net.cidr_contains(known, range)
}
