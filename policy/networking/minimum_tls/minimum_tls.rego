# METADATA
# title: What is public speaks TLS 1.2 or newer
# description: Load balancers' TLS policies and listeners and the domain names of APIs take no older version.
# custom:
#   severity: high
#   remedy: Set min_tls_version and security_policy to TLS_1_2, ssl_policy to one of ELBSecurityPolicy-TLS13-1-2-Res-*.
package isthmus.networking.minimum_tls

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_google := {"google_compute_ssl_policy": ["min_tls_version"], "google_compute_region_ssl_policy": ["min_tls_version"]}

_aws := {
	"aws_api_gateway_domain_name": ["security_policy"],
	"aws_apigatewayv2_domain_name": ["domain_name_configuration", 0, "security_policy"],
}

# Listeners that end TLS; one without a policy gets AWS's default, which takes TLS 1.0.
_listeners := [listener |
	some listener in plan.of_types(["aws_lb_listener", "aws_alb_listener"])
	values.value(listener, ["protocol"]) in ["HTTPS", "TLS"]
]

_listener_path := ["ssl_policy"]

_is_new(policy) if regex.match(`^ELBSecurityPolicy-TLS13-1-[23](-|$)`, policy)

_old := {values.finding(listener, _message) |
	some listener in _listeners
	values.is_known(listener, _listener_path)
	policy := values.value(listener, _listener_path)
	is_string(policy)
	not _is_new(policy)
} | {values.finding(listener, _message) |
	some listener in _listeners
	values.is_computed(listener, _listener_path)
}

_hidden := {values.finding(listener, "its oldest TLS is known after apply") |
	some listener in _listeners
	values.is_unknown(listener, _listener_path)
	not values.is_computed(listener, _listener_path)
}

_message := "takes a TLS older than 1.2"

checked := (values.checked(_google) | values.checked(_aws)) | {listener.address | some listener in _listeners}

fail := values.others(_google, ["TLS_1_2", "TLS_1_3"], _message) | (values.others(_aws, ["TLS_1_2"], _message) | _old)

unknown := values.unseen(object.union(_google, _aws), "its oldest TLS is known after apply") | _hidden
