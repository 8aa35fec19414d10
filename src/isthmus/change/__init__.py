"""Judging a change: lint → policy → plan → cost, and the approval that binds what was judged to what is applied."""
