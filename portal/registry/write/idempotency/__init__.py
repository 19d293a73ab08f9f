"""Acts that are done once however often they are sent, because their caller gave them a key."""
