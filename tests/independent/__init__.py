"""A second implementation of the measures, sharing no code with the warehouse."""
