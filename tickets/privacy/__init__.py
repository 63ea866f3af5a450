"""What is known of people, table by table: shown to them, erased for them, destroyed when its time is up."""
