"""What the line costs beyond pure dialplan: CPU, delay, memory."""
