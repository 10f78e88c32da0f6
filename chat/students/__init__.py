"""A student on the way: entrance, lobby, a match, the connection, and what is left afterwards."""
