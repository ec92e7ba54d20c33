"""HTML for people: Jinja pages that work without JavaScript and get quicker with htmx.

A view parses, calls one service or query, and renders.
"""
