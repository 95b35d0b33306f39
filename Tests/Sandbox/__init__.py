"""The world that hfmint lives in, on loopback: a Hub and CI systems, as strict as the real ones.

Nothing here shares a parser with the product, and nothing here leaves the machine.
Start with `Sandbox.world.World`.
"""
