"""The promises services make to each other: event classes, their topics, schemas and examples."""
