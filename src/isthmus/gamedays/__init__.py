"""Faults on a schedule, the load beside them, and the check that nothing was lost."""
