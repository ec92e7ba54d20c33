"""EasyTicket sells and checks event tickets, from the organizer's first draft to the person walking through the gate.

It is one server-rendered Flask application; every door to it uses the same services and models.
`easyticket.app.create_app` wires it; every other module has one place in the layers described in docs/architecture.md.
"""
