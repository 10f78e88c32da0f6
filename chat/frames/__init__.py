"""Every frame of the WebSocket: who sends it, or who receives it, is the name of the file."""
