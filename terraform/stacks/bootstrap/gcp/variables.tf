# tflint-ignore-file: terraform_unused_declarations
# What every stack takes, in the same words: one file in environments/ serves all, so each declares all of it. The copies are equal,
# and a test compares them.

variable "aws" {
  description = "Where on AWS. datasync_location: ARN of DataSync's source location, made by hand with its key; only for the flag datasync."
  type = object({
    account_id        = string
    datasync_location = optional(string)
    region            = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws.account_id))
    error_message = "aws: account_id is '${var.aws.account_id}'; it has 12 digits."
  }

  validation {
    condition     = var.aws.datasync_location == null ? true : can(regex("^arn:aws:datasync:[a-z0-9-]+:[0-9]{12}:location/loc-[0-9a-z]+$", var.aws.datasync_location))
    error_message = "aws: datasync_location is '${coalesce(var.aws.datasync_location, "empty")}'; the ARN of a location, as arn:aws:datasync:REGION:ACCOUNT:location/loc-…."
  }

  # Regions whose prices are known and that have every service used here, three zones at least.
  validation {
    condition     = contains(["eu-central-1", "eu-west-1", "us-east-1", "us-east-2", "us-west-2"], var.aws.region)
    error_message = "aws: region is '${var.aws.region}'; there are eu-central-1, eu-west-1, us-east-1, us-east-2 and us-west-2."
  }
}

variable "budget" {
  description = "What the environment may cost in a month on each cloud, in US dollars; alerts at 50, 80 and 100 % and by forecast. Written by isthmus cost --write-budgets."
  type        = object({ aws_usd = number, gcp_usd = number })
  nullable    = false

  validation {
    condition     = alltrue([for usd in values(var.budget) : usd >= 1 && usd <= 1000000 && floor(usd) == usd])
    error_message = "budget: aws_usd is ${var.budget.aws_usd} and gcp_usd ${var.budget.gcp_usd}; whole dollars from 1 to 1000000."
  }
}

variable "contacts" {
  description = "Who is told of alarms and budgets. sender: address that the alert function's own e-mail comes from (AWS). slack_secret: name of the secret that holds the webhook's address, never the address; without it there is no alert function."
  type = object({
    emails       = optional(set(string), [])
    sender       = optional(string)
    slack_secret = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for email in var.contacts.emails : can(regex("^[A-Za-z0-9._%+'/=-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$", email))])
    error_message = "contacts: emails has something that is no e-mail address: '${join("', '", var.contacts.emails)}'; one each, ASCII, as team@example.com."
  }

  validation {
    condition     = var.contacts.sender == null ? true : can(regex("^[A-Za-z0-9._%+'/=-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$", var.contacts.sender)) && length(var.contacts.emails) > 0
    error_message = "contacts: sender is an e-mail address, and emails says who gets what it sends."
  }

  validation {
    condition     = var.contacts.slack_secret == null ? true : can(regex("^[A-Za-z0-9_-]{1,200}$", var.contacts.slack_secret))
    error_message = "contacts: slack_secret is the name of a secret (letters, digits, hyphens and underscores), never an address."
  }
}

variable "cost_profile" {
  description = "What the environment may cost: minimal to try things, balanced for work, resilient where an outage costs more."
  type        = string
  default     = "balanced"
  nullable    = false

  validation {
    condition     = contains(["balanced", "minimal", "resilient"], var.cost_profile)
    error_message = "cost_profile is '${var.cost_profile}'; there are minimal, balanced and resilient."
  }
}

variable "deletion_protection" {
  description = "Refuse to destroy what holds events."
  type        = bool
  default     = true
  nullable    = false
}

variable "environment" {
  description = "Name of the environment."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "prod", "staging"], var.environment)
    error_message = "environment is '${var.environment}'; there are dev, staging and prod."
  }
}

variable "failover" {
  description = <<-EOT
    How senders find an ingest. domain: name that they use, in the zone of the same name, which both clouds serve. weights: shares of
    the traffic while both are healthy. health: probes of path on each ingest; a cloud is out after threshold failures. addresses:
    fixed addresses that answer for each cloud, once known: Cloud DNS can probe and weigh nothing else (Google's own it finds by itself,
    Route 53 takes it from here). name_servers: each provider's
    servers of the zone, once known: both zones name all of them. proofs: the record that proves each cloud's certificate (output
    validation of its edge), once known: both zones have both. probe_secret: name of the secret on AWS that holds an API key which may
    send isthmus.probe; with it the synthetic check there sends an event as well.
  EOT
  type = object({
    addresses    = optional(object({ aws = set(string), gcp = set(string) }), { aws = [], gcp = [] })
    domain       = string
    health       = optional(object({ interval_seconds = optional(number, 30), path = optional(string, "/readyz"), threshold = optional(number, 3) }), {})
    name_servers = optional(object({ aws = set(string), gcp = set(string) }), { aws = [], gcp = [] })
    probe_secret = optional(string)
    proofs       = optional(map(object({ name = string, type = string, value = string })), {})
    ttl_seconds  = optional(number, 60)
    weights      = optional(object({ aws = number, gcp = number }), { aws = 50, gcp = 50 })
  })
  default = null

  validation {
    condition     = var.failover == null ? true : can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.failover.domain))
    error_message = "failover: domain is '${try(var.failover.domain, "")}'; a host name in small letters, as events.example.com."
  }

  # Zone and certificate on Google are named prefix-domain, in 63 characters.
  validation {
    condition     = var.failover == null ? true : length(var.failover.domain) + length(var.prefix) <= 62
    error_message = "failover: domain has ${length(try(var.failover.domain, ""))} characters; with the prefix it makes names of 63 at most, so ${62 - length(var.prefix)} are left for it."
  }

  validation {
    condition = var.failover == null ? true : alltrue([
      for address in flatten([for addresses in values(var.failover.addresses) : tolist(addresses)]) : can(cidrnetmask("${address}/32"))
    ])
    error_message = "failover: addresses has something that is no IPv4 address."
  }

  # RFC 6890: who probes and who sends are on the internet.
  validation {
    condition = var.failover == null ? true : !anytrue([
      for address in flatten([for addresses in values(var.failover.addresses) : tolist(addresses)]) :
      can(regex("^(0|10|127|169[.]254|172[.](1[6-9]|2[0-9]|3[01])|192[.]168|22[4-9]|2[3-5][0-9])[.]", address))
    ])
    error_message = "failover: addresses has a private, local or multicast address, which nobody outside can probe; write public ones."
  }

  validation {
    condition = var.failover == null ? true : alltrue([
      for server in flatten([for servers in values(var.failover.name_servers) : tolist(servers)]) : can(regex("^([a-z0-9-]+\\.)+$", server))
    ])
    error_message = "failover: name_servers has something that is no host name with its last dot, as ns-1.example.net."
  }

  validation {
    condition     = var.failover == null ? true : var.failover.probe_secret == null ? true : can(regex("^[A-Za-z0-9_-]{1,200}$", var.failover.probe_secret)) && startswith(var.failover.probe_secret, "${var.prefix}-")
    error_message = "failover: probe_secret is the name of a secret that begins with ${var.prefix}- (letters, digits, hyphens and underscores), never a key."
  }

  validation {
    condition     = var.failover == null ? true : length(setsubtract(keys(var.failover.proofs), ["aws", "gcp"])) == 0
    error_message = "failover: proofs has other keys than aws and gcp."
  }

  validation {
    condition = var.failover == null ? true : alltrue([
      for proof in values(var.failover.proofs) : proof.type == "CNAME" && can(regex("^[A-Za-z0-9_.-]+[.]$", proof.name)) && can(regex("^[A-Za-z0-9_.-]+[.]$", proof.value))
    ])
    error_message = "failover: a proof is a CNAME from a name with its last dot to another: copy the edge's output validation."
  }

  # Route 53 probes every 10 or 30 seconds, Cloud DNS every 30 at least: what both can do.
  validation {
    condition     = var.failover == null ? true : var.failover.health.interval_seconds == 30
    error_message = "failover: health.interval_seconds is ${try(var.failover.health.interval_seconds, 0)}; 30 is what both clouds can probe at."
  }

  validation {
    condition     = var.failover == null ? true : contains(range(1, 11), var.failover.health.threshold)
    error_message = "failover: health.threshold is ${try(var.failover.health.threshold, 0)}; a whole number from 1 to 10."
  }

  validation {
    condition     = var.failover == null ? true : can(regex("^/[A-Za-z0-9/_.~-]{0,254}$", var.failover.health.path))
    error_message = "failover: health.path is '${try(var.failover.health.path, "")}'; a slash first, then letters, digits and /_.~-, 255 at most."
  }

  validation {
    condition     = var.failover == null ? true : var.failover.ttl_seconds >= 30 && var.failover.ttl_seconds <= 3600 && floor(var.failover.ttl_seconds) == var.failover.ttl_seconds
    error_message = "failover: ttl_seconds is ${try(var.failover.ttl_seconds, 0)}; whole seconds from 30 to 3600, and traffic moves only after it."
  }

  validation {
    condition     = var.failover == null ? true : alltrue([for weight in values(var.failover.weights) : weight >= 0 && weight <= 255 && floor(weight) == weight]) && sum(values(var.failover.weights)) > 0
    error_message = "failover: weights are ${try(var.failover.weights.aws, 0)} for aws and ${try(var.failover.weights.gcp, 0)} for gcp; whole numbers from 0 to 255, not both 0."
  }
}

# A map and not an object: an object would drop a misspelled flag in silence.
variable "features" {
  description = "Parts to switch on or off, against what the cost profile says (environments/README.md): analytics, budgets, datasync, edge, flow_logs, ledger, nat, network, replication, synthetics, tracing."
  type        = map(bool)
  default     = {}
  nullable    = false

  validation {
    condition = length(setsubtract(keys(var.features), [
      "analytics", "budgets", "datasync", "edge", "flow_logs", "ledger", "nat", "network", "replication", "synthetics", "tracing",
    ])) == 0
    error_message = "features: there is no flag '${join("', '", setsubtract(keys(var.features), ["analytics", "budgets", "datasync", "edge", "flow_logs", "ledger", "nat", "network", "replication", "synthetics", "tracing"]))}'; there are analytics, budgets, datasync, edge, flow_logs, ledger, nat, network, replication, synthetics, tracing."
  }

  validation {
    condition     = !contains([for on in values(var.features) : on == null], true)
    error_message = "features: ${join(", ", [for flag, on in var.features : flag if on == null])} is null; true, false, or leave it out for what the cost profile says."
  }

  validation {
    condition     = lookup(var.features, "edge", false) ? var.failover != null : true
    error_message = "features: edge is on, and there is no failover to make; give failover its domain, or switch edge off."
  }

  validation {
    condition     = lookup(var.features, "datasync", false) ? var.aws.datasync_location != null : true
    error_message = "features: datasync is on, and aws.datasync_location is not given; make the source location by hand first."
  }
}

variable "github" {
  description = "The repository whose workflows plan and apply, trusted by its ids; null for none. Its names are for people, and for older subjects."
  type = object({
    owner         = string
    owner_id      = string
    repository    = string
    repository_id = string
  })
  default = null

  validation {
    condition     = var.github == null ? true : can(regex("^[1-9][0-9]{0,18}$", var.github.owner_id)) && can(regex("^[1-9][0-9]{0,18}$", var.github.repository_id))
    error_message = "github: owner_id and repository_id are numbers, as `gh api repos/OWNER/NAME --jq .id,.owner.id` says them; not names."
  }
}

variable "google" {
  description = <<-EOT
    Where on Google Cloud. project_number: what identity federation knows the project by. billing_account: for budgets; null for none.
    service_account_ids: unique ids of the service accounts of ingest, bridge, ledger and Storage Transfer (transfer), once the Google
    stack has put them out.
  EOT
  type = object({
    billing_account     = optional(string)
    ingest_invokers     = optional(set(string), [])
    project             = string
    project_number      = string
    region              = string
    service_account_ids = optional(map(string), {})
  })
  nullable = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.google.project))
    error_message = "google: project is '${var.google.project}'; a project id has 6 to 30 small letters, digits and hyphens."
  }

  validation {
    condition     = can(regex("^[0-9]{6,15}$", var.google.project_number))
    error_message = "google: project_number is '${var.google.project_number}'; it has digits only, and is not the project id."
  }

  validation {
    condition     = contains(["europe-west1", "europe-west3", "us-central1", "us-east1", "us-west1"], var.google.region)
    error_message = "google: region is '${var.google.region}'; there are europe-west1, europe-west3, us-central1, us-east1 and us-west1."
  }

  validation {
    condition     = var.google.billing_account == null ? true : can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.google.billing_account))
    error_message = "google: billing_account is '${coalesce(var.google.billing_account, "null")}'; write it as 012345-6789AB-CDEF01."
  }

  validation {
    condition     = !contains(var.google.ingest_invokers, "allUsers") && !contains(var.google.ingest_invokers, "allAuthenticatedUsers")
    error_message = "google: ingest_invokers names everybody; nothing is public here, name service accounts or groups."
  }

  validation {
    condition = alltrue([
      for member in setsubtract(var.google.ingest_invokers, ["allUsers", "allAuthenticatedUsers"]) : can(regex("^((user|serviceAccount|group):[^@\\s]+@[^@\\s]+|domain:[^@\\s]+|principal(Set)?://.+)$", member))
    ])
    error_message = "google: ingest_invokers has something that is no member: '${join("', '", var.google.ingest_invokers)}'; say what each is, as serviceAccount:NAME@PROJECT.iam.gserviceaccount.com or group:team@example.com."
  }

  validation {
    condition     = length(setsubtract(keys(var.google.service_account_ids), ["bridge", "ingest", "ledger", "transfer"])) == 0
    error_message = "google: service_account_ids has other keys than bridge, ingest, ledger and transfer."
  }

  validation {
    condition     = alltrue([for id in values(var.google.service_account_ids) : can(regex("^[0-9]{21}$", id))])
    error_message = "google: service_account_ids has something that is no unique id, which has 21 digits: copy the output service_account_ids of platform/gcp."
  }
}

variable "network" {
  description = <<-EOT
    Ranges of the private networks, a /16 to /22 each, apart from each other. allowed_egress: what else may be reached from the Google
    network, by name; everything else outside is denied.
  EOT
  type = object({
    allowed_egress = optional(map(object({ ports = list(number), ranges = set(string) })), {})
    aws_cidr       = optional(string, "10.64.0.0/16")
    google_cidr    = optional(string, "10.80.0.0/16")
  })
  default  = {}
  nullable = false

  validation {
    condition     = try(cidrnetmask(var.network.aws_cidr) != "" && cidrhost(var.network.aws_cidr, 0) == split("/", var.network.aws_cidr)[0] && contains(range(16, 23), tonumber(split("/", var.network.aws_cidr)[1])), false)
    error_message = "network: aws_cidr is '${var.network.aws_cidr}'; a range of IPv4 from /16 to /22 that begins at its first address, as 10.64.0.0/16."
  }

  validation {
    condition     = try(cidrnetmask(var.network.google_cidr) != "" && cidrhost(var.network.google_cidr, 0) == split("/", var.network.google_cidr)[0] && contains(range(16, 23), tonumber(split("/", var.network.google_cidr)[1])), false)
    error_message = "network: google_cidr is '${var.network.google_cidr}'; a range of IPv4 from /16 to /22 that begins at its first address, as 10.80.0.0/16."
  }

  # RFC 1918: in another range an address of the internet would be one of the network's.
  validation {
    condition = alltrue([
      for range in [var.network.aws_cidr, var.network.google_cidr] :
      can(regex("^(10|172[.](1[6-9]|2[0-9]|3[01])|192[.]168)[.]", range)) || !can(cidrnetmask(range))
    ])
    error_message = "network: aws_cidr ${var.network.aws_cidr} and google_cidr ${var.network.google_cidr} are private, within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16."
  }

  # Two ranges overlap when the longer one's start, masked by the shorter one's length, is the shorter one's start. One that is
  # no range has been told of already.
  validation {
    condition = try(
      min(split("/", var.network.aws_cidr)[1], split("/", var.network.google_cidr)[1]) < 16 ||
      cidrhost("${split("/", var.network.aws_cidr)[0]}/${min(split("/", var.network.aws_cidr)[1], split("/", var.network.google_cidr)[1])}", 0) !=
      cidrhost("${split("/", var.network.google_cidr)[0]}/${min(split("/", var.network.aws_cidr)[1], split("/", var.network.google_cidr)[1])}", 0),
      true,
    )
    error_message = "network: aws_cidr ${var.network.aws_cidr} and google_cidr ${var.network.google_cidr} overlap; give each its own range."
  }
}

variable "prefix" {
  description = "Start of every name. At most 20 characters: a service account has 30, a bucket 63 with project or account and region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.prefix)) && !startswith(var.prefix, "gcp-")
    error_message = "prefix is '${var.prefix}'; 3 to 20 small letters, digits and hyphens, a letter first and no hyphen last, not gcp-."
  }

  # Buckets: what neither S3 nor Cloud Storage lets a name begin with or contain.
  validation {
    condition     = !can(regex("^(goog|xn--|sthree-|amzn-s3-demo-)|google|g00gle", var.prefix))
    error_message = "prefix is '${var.prefix}'; a bucket's name must not begin with goog, xn--, sthree- or amzn-s3-demo-, or contain google."
  }
}

variable "senders" {
  description = <<-EOT
    Who may send, by name. How they show it, at least one of: key_sha256, SHA-256 of their API keys (two while one is replaced); oidc, whose
    tokens they come with (the ingest must reach the issuer); webhook_public_keys, keys of their Standard Webhooks signatures (v1a), whpk_ and
    base64. sources, types: prefixes of what they may send; none means anything.
  EOT
  type = map(object({
    key_sha256          = optional(list(string), [])
    oidc                = optional(object({ issuer = string, audience = string, subjects = list(string) }))
    webhook_public_keys = optional(list(string), [])
    sources             = optional(list(string), [])
    types               = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.senders) : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", name))])
    error_message = "senders: '${join("', '", keys(var.senders))}'; a name has 1 to 64 letters, digits, dots, hyphens and underscores."
  }

  validation {
    condition     = alltrue(flatten([for s in var.senders : [for hash in s.key_sha256 : can(regex("^[0-9a-f]{64}$", hash))]]))
    error_message = "senders: key_sha256 holds something that is no SHA-256 in 64 small hexadecimal digits; never the key itself."
  }

  validation {
    condition = alltrue([
      for s in var.senders : length(s.key_sha256) + length(s.webhook_public_keys) + length(s.oidc[*]) > 0
    ])
    error_message = "senders: one has nothing that shows who it is; give it key_sha256, oidc or webhook_public_keys."
  }

  validation {
    condition     = alltrue(flatten([for s in var.senders : [for o in s.oidc[*] : startswith(o.issuer, "https://") && o.audience != "" && length(o.subjects) > 0 && !contains(o.subjects, "")]]))
    error_message = "senders: an oidc needs an issuer that begins with https://, an audience and at least one subject, none of them empty."
  }

  validation {
    condition     = alltrue(flatten([for s in var.senders : [for key in s.webhook_public_keys : can(regex("^whpk_[A-Za-z0-9+/]{43}=$", key))]]))
    error_message = "senders: webhook_public_keys holds something that is no Ed25519 public key: whpk_ and the base64 of 32 bytes."
  }

  validation {
    condition     = length(jsonencode(var.senders)) <= 3000
    error_message = "senders: more than 3000 characters as JSON; a function's whole environment may have 4096."
  }
}
