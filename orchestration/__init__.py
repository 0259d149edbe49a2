"""What runs, when and in which order; the only place that imports Dagster."""
