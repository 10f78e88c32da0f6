"""The house: every part built from the settings, the door opened, and closed again.

Nothing else knows all parts. `server.py` is the list of them; the files beside it build what
belongs together. Used by the command line (`run_server.py`) and by tests that need a whole house.
"""

from house.opened import records, terms_of
from house.places import data_directory, database_url, origins_of
from house.server import Server

__all__ = ["Server", "data_directory", "database_url", "origins_of", "records", "terms_of"]
