"""Models and query results as dictionaries with exactly the keys of the API, one file per resource."""
