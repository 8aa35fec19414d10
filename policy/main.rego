# METADATA
# title: What conftest asks for
# description: >-
#   Every rule's findings in one place: `deny` for what fails, `warn` for what can't be known before the apply. A waiver
#   (data.waivers) takes a finding out until the end of its last day.
package main

import rego.v1

deny contains sprintf("%s: %s: %s", [found.rule, found.address, found.message]) if {
	some found in findings
	found.verdict == "fail"
	not found.waived
}

warn contains sprintf("%s: %s: %s", [found.rule, found.address, found.message]) if {
	some found in findings
	found.verdict == "unknown"
	not found.waived
}

# What is judged is a plan that Terraform can apply, or a state; anything else must not pass for having no resources.
deny contains "isthmus: the input is neither a plan nor a state as `terraform show -json` writes them" if not is_readable

deny contains sprintf("isthmus: format version %s is not read here; 1.x is", [input.format_version]) if {
	is_readable
	not startswith(input.format_version, "1.")
}

deny contains "isthmus: Terraform could not make the whole plan" if input.errored == true

is_readable if {
	is_string(input.format_version)
	is_array(input.resource_changes)
	is_object(input.configuration.root_module)
}

# Terraform leaves out the changes of a plan that has none.
is_readable if {
	is_string(input.format_version)
	is_object(input.planned_values)
	is_object(input.configuration.root_module)
	not input.resource_changes
	not input.planned_values.root_module
}

is_readable if {
	is_string(input.format_version)
	is_object(input.values.root_module)
}

# A state without resources has no values.
is_readable if {
	is_string(input.format_version)
	is_string(input.terraform_version)
	not input.planned_values
}

findings contains found if {
	some domain, rule
	some finding in data.isthmus[domain][rule].fail
	found := report(domain, rule, "fail", finding)
}

findings contains found if {
	some domain, rule
	some finding in data.isthmus[domain][rule].unknown
	found := report(domain, rule, "unknown", finding)
}

# Addresses that each rule looked at, so that nobody takes "not asked" for "passed".
checked[id] contains address if {
	some domain, rule
	some address in data.isthmus[domain][rule].checked
	id := sprintf("%s.%s", [domain, rule])
}

# Both in one, so that an engine that keeps nothing from query to query works once.
judgement := {"findings": findings, "checked": {id: addresses | some id, addresses in checked}}

report(domain, rule, verdict, finding) := {
	"rule": id,
	"verdict": verdict,
	"address": finding.address,
	"message": finding.message,
	"waived": is_waived(id, finding.address),
} if {
	id := sprintf("%s.%s", [domain, rule])
}

default is_waived(_, _) := false

is_waived(id, address) if {
	some waiver in data.waivers
	waiver.rule == id
	covers(waiver.address, address)
	time.parse_rfc3339_ns(concat("", [waiver.until, "T23:59:59Z"])) > time.now_ns()
}

covers(pattern, address) if pattern == address

covers(pattern, address) if {
	endswith(pattern, "*")
	startswith(address, trim_suffix(pattern, "*"))
}
