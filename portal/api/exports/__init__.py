"""Bulk exports: all rows of a type, or what changed since a cursor, as compressed lines of JSON that equal GraphQL's rows.

`lines.py` compiles a type's columns for a visibility, `files.py` reads pages in the order of their change into one compressed file,
within the budget, and `view.py` answers the request. A mirror sends the cursor in a file's last line with its next request.
"""
