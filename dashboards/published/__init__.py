"""The read side of published snapshots: which one is current, how it is opened, named queries."""
