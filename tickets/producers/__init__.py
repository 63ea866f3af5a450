"""Local producers: who they are, what they can take on, and whom a trader is introduced to."""
