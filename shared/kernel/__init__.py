"""The words everyone uses: identities, money, dates, regions, roles and errors. Knows no framework."""
