variable "addresses" {
  description = "Fixed addresses that answer for each cloud; a cloud without one is not named."
  type        = map(list(string))

  validation {
    condition     = length(setsubtract(keys(var.addresses), ["aws", "gcp"])) == 0
    error_message = "addresses: ${join(", ", keys(var.addresses))}; there are aws and gcp."
  }

  validation {
    condition     = alltrue([for addresses in values(var.addresses) : length(addresses) > 0])
    error_message = "addresses: a cloud has none; leave it out."
  }
}

variable "alarm_topic" {
  description = "ARN of the topic, in us-east-1, that is told when a cloud is out; null for none. Route 53's metrics are there alone."
  type        = string
  default     = null
}

variable "domain" {
  description = "Name that senders use; the zone has the same."
  type        = string
}

variable "health" {
  description = "Probes: how often, what, and how many failures take a cloud out."
  type        = object({ interval_seconds = number, path = string, threshold = number })

  validation {
    condition     = contains([10, 30], var.health.interval_seconds)
    error_message = "health: interval_seconds is ${var.health.interval_seconds}; Route 53 probes every 10 or 30."
  }
}

variable "name_servers" {
  description = "Servers of the zone at each provider, once known."
  type        = object({ aws = set(string), gcp = set(string) })
  default     = { aws = [], gcp = [] }
}

variable "prefix" {
  description = "Start of every name."
  type        = string
}

variable "ttl_seconds" {
  description = "Seconds that an answer is kept by resolvers: failover takes at least as long."
  type        = number
  default     = 60
}

variable "weights" {
  description = "Shares of the traffic."
  type        = object({ aws = number, gcp = number })
}

variable "zone" {
  description = "Id of the zone of the name."
  type        = string
}
