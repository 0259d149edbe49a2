"""What the figures say: sentences, words and order, made from published rows. Pure; no Streamlit."""
