"""The compiled read path: a selection becomes a few SQL statements, and their rows become the answer, without a resolver per value.

graphql-core completes each scalar of each row in Python, which costs twenty times what the rows cost. So a resolver here says only *which*
rows it means (`rows.py`), and the rest goes like this:

1. `documents.py` parses and validates a document once, within the limits of `limits.py`, and keeps it by its text.
2. `plan.py` walks the selection with graphql-core's own collection of fields: fragments, aliases, @skip and @include stay its work. It
   notes which scopes are missing, so that a refused request runs nothing, and makes a level (`levels.py`) of each nesting: one statement,
   its columns, and the functions that turn its rows into dicts (`shapes.py`). Plans are kept in their document's entry.
3. `arguments.py` reads what every list is asked for (first, after, where, orderBy, changedSince) before anything runs.
4. `executor.py` lets graphql-core run the root fields; where one returns rows, `run.py` runs the levels: parents first, then the children
   of all parents by one statement, whatever their number. Each is a prepared select of `portal/registry/read/`, with visibility inside.
5. `answer.py` is the way in: question in, answer out, every error with a code (`errors.py`).
"""
