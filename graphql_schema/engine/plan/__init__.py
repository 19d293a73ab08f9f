"""Plans: the levels of statements that a selection becomes, made once for a document and what the caller may see."""
