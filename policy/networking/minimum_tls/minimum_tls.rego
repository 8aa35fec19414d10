# METADATA
# title: What is public speaks TLS 1.2 or newer
# description: Load balancers' TLS policies and the domain names of APIs take no older version.
# custom:
#   severity: high
#   remedy: Set min_tls_version to TLS_1_2 and security_policy to TLS_1_2.
package isthmus.networking.minimum_tls

import data.isthmus.lib.values
import rego.v1

_google := {"google_compute_ssl_policy": ["min_tls_version"], "google_compute_region_ssl_policy": ["min_tls_version"]}

_aws := {
	"aws_api_gateway_domain_name": ["security_policy"],
	"aws_apigatewayv2_domain_name": ["domain_name_configuration", 0, "security_policy"],
}

_message := "takes a TLS older than 1.2"

checked := values.checked(_google) | values.checked(_aws)

fail := values.others(_google, ["TLS_1_2", "TLS_1_3"], _message) | values.others(_aws, ["TLS_1_2"], _message)

unknown := values.unseen(object.union(_google, _aws), "its oldest TLS is known after apply")
