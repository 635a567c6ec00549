"""The sections of a marketplace's page, from the services' answers to what is drawn."""
