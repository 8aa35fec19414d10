# An environment's file begins with addresses from the ranges for documentation (RFC 5737). Said, not refused: a plan may be made before the
# addresses are known. This cloud's own are found here, so only the other cloud's count.
check "addresses" {
  assert {
    condition = alltrue([
      for address in flatten([for failover in local.edge : tolist(failover.addresses.gcp)]) :
      !can(regex("^(192\\.0\\.2|198\\.51\\.100|203\\.0\\.113)\\.", address))
    ])
    error_message = "failover: addresses.gcp has one of the ranges for documentation, where nobody answers; write the output addresses of platform/gcp there."
  }
}

# Cloud DNS takes this cloud's addresses from the environment. Before the first apply they are not known, and nothing is said.
check "own_addresses" {
  assert {
    condition = alltrue([
      for key, failover in local.edge : length(setsubtract(module.front[key].addresses, failover.addresses.aws)) == 0
    ])
    error_message = "failover: addresses.aws is not what answers here; write the output addresses of edge/aws there, and apply edge/gcp."
  }
}

# The canary only asks /readyz where it has no key; said, since that is easily forgotten. Who may send is often given to an apply alone.
check "probe" {
  assert {
    condition     = !local.features.synthetics || !local.features.edge || try(var.failover.probe_secret, null) != null
    error_message = "failover: synthetics is on and probe_secret is not given, so the canary asks /readyz and sends no event; docs/observability.md says what to make."
  }

  assert {
    condition = try(var.failover.probe_secret, null) == null || length(var.senders) == 0 || anytrue([
      for sender in var.senders : length(sender.types) == 0 || anytrue([for type in sender.types : startswith("isthmus.probe", type)])
    ])
    error_message = "failover: probe_secret is given, and no sender may send isthmus.probe; put one with the SHA-256 of its key into senders (TF_VAR_senders)."
  }
}
