"""Who each enterprise is.

Owns: identity (USCC), dated facts, recognitions, the rung, integrity blocks, contacts, imports, the timeline.
Says: enterprise.* on tidu-enterprise-enterprise, with the whole public state of the enterprise.
Hears: its own events and those of pipeline, awards and notifications, for the one timeline of an enterprise.
Never: computes money, plans notices, or decides about pool membership.
"""
