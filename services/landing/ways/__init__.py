"""How a document's rows find their place beside those that landed before: one way each."""
