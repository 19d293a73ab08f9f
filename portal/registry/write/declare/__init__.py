"""Declares how networks should be: their ports, presences and contacts; the difference from what is stored is a plan, applied whole."""
