"""Where each enterprise is heading.

Owns: cultivation pools and their members, specialists with assignments and visits, the boards that count it all.
Says: pipeline.* on tidu-pipeline-membership, tidu-pipeline-assignment and tidu-pipeline-specialist.
Hears: enterprise.*, for its own copy of every enterprise, for candidates, graduation and the boards.
Never: changes who an enterprise is, computes money, or sends notices.
"""
