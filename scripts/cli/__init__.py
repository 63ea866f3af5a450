"""The command line `saluran`: each command is thin, and imports what it needs when it runs."""
