"""Peering Portal: an interconnection registry that an organization can trust with its automation."""
