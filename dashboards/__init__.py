"""Everything a reader sees. Reads published snapshots; never imports orchestration."""
