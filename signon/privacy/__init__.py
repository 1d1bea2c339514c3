"""What is held of people: consents, how long, their rights, encryption."""
