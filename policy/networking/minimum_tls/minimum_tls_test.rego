package isthmus.networking.minimum_tls_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.minimum_tls as rule
import rego.v1

listener(policy) := fixtures.resource("aws_lb_listener", {"protocol": "HTTPS", "ssl_policy": policy}, {})

good := fixtures.plan([
	fixtures.resource("google_compute_ssl_policy", {"min_tls_version": "TLS_1_2"}, {}),
	listener("ELBSecurityPolicy-TLS13-1-2-Res-2021-06"),
	fixtures.resource("aws_alb_listener", {"protocol": "HTTP"}, {}),
])

bad := fixtures.plan([
	fixtures.resource("google_compute_ssl_policy", {"min_tls_version": "TLS_1_0"}, {}),
	fixtures.resource("aws_apigatewayv2_domain_name", {"domain_name_configuration": [{"security_policy": "TLS_1_0"}]}, {}),
	listener("ELBSecurityPolicy-2016-08"),
])

bad_found := {
	{"address": "google_compute_ssl_policy.this", "message": "takes a TLS older than 1.2"},
	{"address": "aws_apigatewayv2_domain_name.this", "message": "takes a TLS older than 1.2"},
	{"address": "aws_lb_listener.this", "message": "takes a TLS older than 1.2"},
}

doubtful := fixtures.plan([fixtures.resource("google_compute_ssl_policy", {}, {"min_tls_version": true})])

doubtful_found := {{"address": "google_compute_ssl_policy.this", "message": "its oldest TLS is known after apply"}}

test_what_is_asked_for_passes if {
	count(rule.fail) == 0 with input as good
	count(rule.unknown) == 0 with input as good
	count(rule.checked) > 0 with input as good
}

test_what_it_forbids_fails if {
	found := rule.fail with input as bad
	found == bad_found
}

test_what_nothing_proves_is_unknown if {
	count(rule.fail) == 0 with input as doubtful
	found := rule.unknown with input as doubtful
	found == doubtful_found
}
