"""What is done at the desk, each with the rights it needs: API, pages and events all come here."""
