"""HTML for people: Jinja pages that work without JavaScript and get quicker with htmx. Parse, call one service or query, render."""
