"""The compiled read path: a selection becomes a few SQL statements, and their rows become the answer, without a resolver per value.

graphql-core completes each scalar of each row in Python, which costs twenty times what the rows cost. So a resolver only says *which*
rows it means (`rows.py`), and the rest goes like this:

1. `documents/` parses and validates a document once, within limits, and caches it by its text.
2. `plan/` walks the selection with graphql-core's own collection of fields: fragments, aliases, @skip and @include stay its work. It
   notes which scopes are missing, so that a refused request runs nothing, and makes a level (`plan/levels.py`) of each nesting: one
   statement, its columns, and the functions that turn its rows into dicts (`plan/shapes.py`). Plans are cached in their document.
3. `arguments.py` reads every list's arguments (first, after, where, orderBy, changedSince) before anything runs, and `cost/` estimates
   what they will cost.
4. `executor.py` lets graphql-core run the root fields; where one returns rows, `run/` runs the levels: parents first, then the children
   of all parents by one statement, whatever their number. Each is a prepared select of `portal/registry/read/`, with visibility inside.
5. `answer.py` is the way in: request in, answer out, every error with a code (`errors.py`).

It imports nothing else of `graphql_schema`, so that the schema can change without it: `schema_index.py` is all it reads of the schema.
"""
