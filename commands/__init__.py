"""The verbs of `run_server.py`: each file has those about one thing, and adds them itself."""
