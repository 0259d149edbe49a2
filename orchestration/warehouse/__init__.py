"""Build the warehouse with dbt, publish it as snapshots, read them."""
