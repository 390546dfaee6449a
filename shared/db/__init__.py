"""Storage: engine and edge-commit transactions, scope in the database, migrations, audit."""
