"""The playground page: GraphiQL, its examples, and running a query in the browser's session."""
