"""Mails about API keys: who is told what, in which words, and when time makes one due."""
