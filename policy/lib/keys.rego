# METADATA
# title: Customer keys
# description: What every rule about encryption asks. A key is the account's own when it is not an alias of the service's.
package isthmus.lib.keys

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

# Resources whose references prove a customer key.
_sources := ["aws_kms_key", "aws_kms_alias", "data.aws_kms_key", "data.aws_kms_alias", "google_kms_crypto_key", "data.google_kms_crypto_key"]

checked(type) := {resource.address | some resource in plan.of_type(type)}

missing(type, path) := {values.finding(resource, "has no customer key") |
	some resource in plan.of_type(type)
	values.is_known(resource, path)
	not _is_customers(resource, path)
} | {values.finding(resource, "has no customer key") |
	some resource in plan.of_type(type)
	values.is_computed(resource, path)
}

unproved(type, path) := {values.finding(resource, "its key is known after apply and not seen to be a customer key") |
	some resource in plan.of_type(type)
	values.is_unknown(resource, path)
	not values.is_computed(resource, path)
	not values.is_from(resource, path, _sources)
}

_is_customers(resource, path) if {
	values.is_given(resource, path)
	not startswith(values.value(resource, path), "alias/aws/")
}
