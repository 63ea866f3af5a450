"""Where one types as a trader."""
