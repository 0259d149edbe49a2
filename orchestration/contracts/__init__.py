"""What an extract looks like."""
