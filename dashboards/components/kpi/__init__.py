"""The parts of the KPI results view."""
