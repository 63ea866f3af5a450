"""What is known of people, table by table: shown to them, erased for them, destroyed in time."""
