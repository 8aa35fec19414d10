# METADATA
# title: Service accounts have no keys
# description: >-
#   Google's service accounts are used by workload identity federation or by the service they belong to, never by a key.
# custom:
#   severity: high
#   remedy: Use a workload identity pool, and remove google_service_account_key and the HMAC key.
package isthmus.identity.no_service_account_keys

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_types := ["google_service_account_key", "google_storage_hmac_key"]

checked := plan.addresses(_types)

fail := values.present(_types, "is a key that lasts")

unknown := set()
