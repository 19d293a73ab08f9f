"""All that automation reaches over HTTP: GraphQL and its schema, exports, who a key is, reports of leaked tokens, /.well-known/."""
