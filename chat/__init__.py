"""Students talking: the wire, rooms, matching and the one public port."""
