"""An invented registry that looks real: documentation's ASNs and addresses, invented names in real cities, people, keys in every state.

What it says stands in the TOML files, by PeeringDB's tags; a fixed seed chooses the rest. Credentials never come from the seed.
"""
