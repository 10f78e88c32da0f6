"""The composition root, called the house: it builds every part of a server from the settings.

`server.py` has the list of parts, opens the port and closes everything again; the files beside it
build what belongs together. Nothing else knows all parts. Used by the command line (`commands/`)
and by tests that need a whole server.
"""

from house.ground import open_ground, terms_of
from house.places import data_directory, database_url, origins_of
from house.server import Server

__all__ = ["Server", "data_directory", "database_url", "open_ground", "origins_of", "terms_of"]
