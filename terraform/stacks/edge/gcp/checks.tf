# An environment's file begins with addresses from the ranges for documentation (RFC 5737). Said, not refused: a plan may be made before the
# addresses are known.
check "addresses" {
  assert {
    condition = alltrue([
      for address in flatten([for failover in local.edge : [for addresses in values(failover.addresses) : tolist(addresses)]]) :
      !can(regex("^(192\\.0\\.2|198\\.51\\.100|203\\.0\\.113)\\.", address))
    ])
    error_message = "failover: addresses has one of the ranges for documentation, where nobody answers; write the address of each cloud's ingest (output addresses of its platform; on AWS the fixed addresses in front of the API)."
  }
}
