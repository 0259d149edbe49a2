"""The parts of the Returns view."""
