"""Stand-ins for the authorities that hold client secrets, one a file, as strict as the real ones.

Each has the vendor's API to manage secrets and a token endpoint at which a consumer logs in. What
all share is in `provider`: clients, log-ins, and how slowly a change spreads.
"""
