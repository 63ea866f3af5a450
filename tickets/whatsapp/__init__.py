"""WhatsApp as a channel: what comes in, is kept, sorted and worked, and what goes out."""
