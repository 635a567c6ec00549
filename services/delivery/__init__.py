"""What leaves this house: each step of an activation request to the help desk."""
