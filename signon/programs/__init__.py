"""What other sites and programs are told: API, webhooks, embeds."""
