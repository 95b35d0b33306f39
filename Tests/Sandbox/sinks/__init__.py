"""The places that a rotation delivers to, one file each, as strict as the real ones.

Each is a `Sandbox.server.Server` with `value(…)`: what a consumer would read there now.
"""
