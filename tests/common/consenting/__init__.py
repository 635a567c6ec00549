"""A marketplace on loopback that sellers consent to, and how the product is told of it."""
