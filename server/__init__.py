"""The server around the app: who may knock, what every answer carries, when it is ready."""
