"""What the scheduler sees: returns → raw tables → dbt models → snapshot.

Thin: each step calls one function of `orchestration.run`.
"""
