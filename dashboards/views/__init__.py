"""The pages, one file each. Never in a folder called `pages`: Streamlit would serve it unasked."""
