"""A sample world: what truly happened to three sellers, told in their marketplaces' own files."""
