"""Who may see what: roles and the scope every query is asked with."""
