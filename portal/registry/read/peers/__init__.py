"""Peers: with whom a network can peer, where they meet, and over which ports.

Two networks can peer where both have a live, operational port on the same peering LAN with a shared address family.
"""
