"""What is sent to a help desk: in order, at least once, whatever the receiver does."""
