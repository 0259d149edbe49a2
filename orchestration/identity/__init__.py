"""Who is the same child: what the dbt models of schema `identity` need from outside SQL."""
