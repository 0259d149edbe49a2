"""Charts: one Altair theme, few marks, always with words that stand for them."""
