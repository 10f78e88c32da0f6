"""The one public port: HTTP first, then the WebSocket, over websockets' Sans-I/O core."""
