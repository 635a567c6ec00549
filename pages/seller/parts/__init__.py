"""Lists and dialogs that several of the seller's pages use."""
