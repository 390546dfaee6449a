"""Where people sign in and look.

Owns: the local issuer (its signing keys, the accounts of a trial on one machine), browser sessions, the pages.
Says: nothing. Hears: nothing. Asks: the services' public APIs, with the token of whoever looks.
Never: holds a business rule, keeps business data, or shows what the asked service would refuse.
"""
