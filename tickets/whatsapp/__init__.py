"""WhatsApp as a channel: what comes, what is sent, and what becomes of it."""
