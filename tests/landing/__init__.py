"""Landing: each kind of file and each kind of damage, with every row accounted for."""
