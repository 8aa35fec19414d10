# METADATA
# title: There are no IAM users and no access keys
# description: People come through an identity provider, programs through roles; nothing has a secret that lasts.
# custom:
#   severity: high
#   remedy: Make a role that is taken by federation, and remove the user with its keys.
package isthmus.identity.no_users

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_types := ["aws_iam_access_key", "aws_iam_user", "aws_iam_user_login_profile"]

checked := plan.addresses(_types)

fail := values.present(_types, "is, or belongs to, a user with a lasting secret")

unknown := set()
