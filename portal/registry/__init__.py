"""The one way to read the registry: what each of the 13 types is, who sees which rows, and the selects that say so.

Pages, GraphQL and exports ask here; nothing else in the portal writes a select over records. `description.py` says what a type is, the noun
files describe the 13, `visible.py` decides about rows and `filters.py`, `paging.py`, `selects.py` build statements from the descriptions.
"""
