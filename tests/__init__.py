"""What proves it: the tree mirrors the product's, with worlds and files that several share beside
them."""
