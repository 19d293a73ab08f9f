"""An organization's own records, as its members see them: to look through, to edit, and with their history."""
