# An environment's file begins with addresses from the ranges for documentation (RFC 5737). Said, not refused: a plan may be made before the
# addresses are known. This cloud's own are found here, so only the other cloud's count.
check "addresses" {
  assert {
    condition = alltrue([
      for address in flatten([for failover in local.edge : tolist(failover.addresses.aws)]) :
      !can(regex("^(192\\.0\\.2|198\\.51\\.100|203\\.0\\.113)\\.", address))
    ])
    error_message = "failover: addresses.aws has one of the ranges for documentation, where nobody answers; write the output addresses of edge/aws there."
  }
}
