"""Mutations: each verb and noun is one act of portal/registry/write, in a transaction of its own."""
