"""Judging a plan or a state by rules in Rego, with the engine that is inside or with `opa` and `conftest`."""
