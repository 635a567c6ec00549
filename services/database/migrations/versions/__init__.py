"""The steps in their order, each with its grants and policies; what is SQL alone stands in a `.sql`
file beside its step."""
