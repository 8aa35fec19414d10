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

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws.account_id))
    error_message = "aws: account_id is '${var.aws.account_id}'; it has 12 digits."
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

  validation {
    condition     = alltrue([for usd in values(var.budget) : usd >= 1 && floor(usd) == usd])
    error_message = "budget: ${join(" and ", values(var.budget))}; whole dollars from 1 on."
  }
}

variable "contacts" {
  description = "Who is told of alarms and budgets. sender: address that the alert function's own e-mail comes from (AWS). slack_secret: name of the secret that holds the webhook's address, never the address; without it there is no alert function."
  type = object({
    emails       = optional(set(string), [])
    sender       = optional(string)
    slack_secret = optional(string)
  })
  default = {}

  validation {
    condition     = alltrue([for email in var.contacts.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "contacts: emails has something that is no e-mail address: ${join(", ", var.contacts.emails)}."
  }

  validation {
    condition     = var.contacts.sender == null ? true : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.contacts.sender)) && length(var.contacts.emails) > 0
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

  validation {
    condition     = contains(["balanced", "minimal", "resilient"], var.cost_profile)
    error_message = "cost_profile is '${var.cost_profile}'; there are minimal, balanced and resilient."
  }
}

variable "deletion_protection" {
  description = "Refuse to destroy what holds events."
  type        = bool
  default     = true
}

variable "environment" {
  description = "Name of the environment."
  type        = string

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
    validation of its edge), once known: both zones have both.
  EOT
  type = object({
    addresses    = optional(object({ aws = set(string), gcp = set(string) }), { aws = [], gcp = [] })
    domain       = string
    health       = optional(object({ interval_seconds = optional(number, 30), path = optional(string, "/readyz"), threshold = optional(number, 3) }), {})
    name_servers = optional(object({ aws = set(string), gcp = set(string) }), { aws = [], gcp = [] })
    proofs       = optional(map(object({ name = string, type = string, value = string })), {})
    ttl_seconds  = optional(number, 60)
    weights      = optional(object({ aws = number, gcp = number }), { aws = 50, gcp = 50 })
  })
  default = null

  validation {
    condition     = var.failover == null ? true : can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.failover.domain))
    error_message = "failover: domain is '${try(var.failover.domain, "")}'; a host name in small letters, as events.example.com."
  }

  validation {
    condition = var.failover == null ? true : alltrue([
      for address in flatten([for addresses in values(var.failover.addresses) : tolist(addresses)]) : can(cidrnetmask("${address}/32"))
    ])
    error_message = "failover: addresses has something that is no IPv4 address."
  }

  validation {
    condition = var.failover == null ? true : alltrue([
      for server in flatten([for servers in values(var.failover.name_servers) : tolist(servers)]) : can(regex("^([a-z0-9-]+\\.)+$", server))
    ])
    error_message = "failover: name_servers has something that is no host name with its last dot, as ns-1.example.net."
  }

  validation {
    condition     = var.failover == null ? true : length(setsubtract(keys(var.failover.proofs), ["aws", "gcp"])) == 0
    error_message = "failover: proofs has other keys than aws and gcp."
  }

  # Route 53 probes every 10 or 30 seconds, Cloud DNS every 30 at least: what both can do.
  validation {
    condition     = var.failover == null ? true : var.failover.health.interval_seconds == 30
    error_message = "failover: health.interval_seconds is ${try(var.failover.health.interval_seconds, 0)}; 30 is what both clouds can probe at."
  }

  validation {
    condition     = var.failover == null ? true : var.failover.health.threshold >= 1 && var.failover.health.threshold <= 10
    error_message = "failover: health.threshold is ${try(var.failover.health.threshold, 0)}; 1 to 10."
  }

  validation {
    condition     = var.failover == null ? true : startswith(var.failover.health.path, "/")
    error_message = "failover: health.path is '${try(var.failover.health.path, "")}'; begin it with a slash."
  }

  validation {
    condition     = var.failover == null ? true : var.failover.ttl_seconds >= 30 && var.failover.ttl_seconds <= 3600
    error_message = "failover: ttl_seconds is ${try(var.failover.ttl_seconds, 0)}; 30 to 3600, and traffic moves only after it."
  }

  validation {
    condition     = var.failover == null ? true : alltrue([for weight in values(var.failover.weights) : weight >= 0 && weight <= 255]) && sum(values(var.failover.weights)) > 0
    error_message = "failover: weights are 0 to 255 each, and not both 0."
  }
}

# A map and not an object: an object would drop a misspelled flag in silence.
variable "features" {
  description = "Parts to switch on or off, against what the cost profile says (environments/README.md): analytics, budgets, datasync, edge, flow_logs, nat, network, replication, synthetics, tracing."
  type        = map(bool)
  default     = {}

  validation {
    condition = length(setsubtract(keys(var.features), [
      "analytics", "budgets", "datasync", "edge", "flow_logs", "nat", "network", "replication", "synthetics", "tracing",
    ])) == 0
    error_message = "features: there is no such flag as one of ${join(", ", keys(var.features))}; there are analytics, budgets, datasync, edge, flow_logs, nat, network, replication, synthetics, tracing."
  }

  validation {
    condition     = lookup(var.features, "edge", false) ? var.failover != null : true
    error_message = "features: edge is on, and there is no failover to make; give failover its domain, or switch edge off."
  }

  validation {
    condition     = lookup(var.features, "datasync", false) ? var.aws.datasync_location != null : true
    error_message = "features: datasync is on, and aws.datasync_location is not given; make the source location by hand first."
  }

  validation {
    condition     = lookup(var.features, "network", true) || !(lookup(var.features, "nat", false) || lookup(var.features, "flow_logs", false))
    error_message = "features: nat and flow_logs are parts of the network, which is switched off."
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
    service_account_ids: unique ids of the service accounts of ingest, bridge and Storage Transfer (transfer), once the Google stack has
    put them out.
  EOT
  type = object({
    billing_account     = optional(string)
    ingest_invokers     = optional(set(string), [])
    project             = string
    project_number      = string
    region              = string
    service_account_ids = optional(map(string), {})
  })

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
    condition     = length(setsubtract(keys(var.google.service_account_ids), ["bridge", "ingest", "transfer"])) == 0
    error_message = "google: service_account_ids has other keys than bridge, ingest and transfer."
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
  default = {}

  validation {
    condition = alltrue([
      for range in [var.network.aws_cidr, var.network.google_cidr] :
      can(cidrnetmask(range)) ? cidrhost(range, 0) == split("/", range)[0] && tonumber(split("/", range)[1]) >= 16 && tonumber(split("/", range)[1]) <= 22 : false
    ])
    error_message = "network: ${var.network.aws_cidr} or ${var.network.google_cidr} is no range of IPv4 from /16 to /22 that begins at its first address."
  }

  # Two ranges overlap when the longer one's start, masked by the shorter one's length, is the shorter one's start.
  validation {
    condition = try(
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

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.prefix)) && !startswith(var.prefix, "gcp-")
    error_message = "prefix is '${var.prefix}'; 3 to 20 small letters, digits and hyphens, a letter first and no hyphen last, not gcp-."
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
  default = {}

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
    condition     = alltrue(flatten([for s in var.senders : [for o in s.oidc[*] : startswith(o.issuer, "https://") && length(o.subjects) > 0]]))
    error_message = "senders: an oidc needs an issuer that begins with https:// and at least one subject."
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
