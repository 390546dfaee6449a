"""What each enterprise has earned.

Owns: policy packs (loaded from jurisdictions/), awards with their explanations, reviews by three different people.
Says: awards.* on tidu-awards-award, with the whole public state of the award.
Hears: enterprise.*, to keep a read copy of facts and to propose awards; pipeline.specialist_graded, for specialists.
Never: decides in a person's place, guesses an amount a policy does not name, or asks another service for facts.
"""
