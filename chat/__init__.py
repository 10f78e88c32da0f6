"""Students talking: the frames, rooms, matching and the one public port."""
