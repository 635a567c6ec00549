"""How a document's rows land beside those that landed before: one way each."""
