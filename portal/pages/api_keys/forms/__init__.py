"""The forms of API keys' pages."""
