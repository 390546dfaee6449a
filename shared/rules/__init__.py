"""Rules as data: conditions over dated facts that answer met, not met or unknown, and say why.

Owns the condition engine, the explanation tree, the strict reader of the files under `jurisdictions/`, and the typed
models of those files. Knows no database, no network and no clock: what day it is arrives as an argument.
"""
