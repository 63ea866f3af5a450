"""The desk over HTTP: the API, and the pages beside it."""
