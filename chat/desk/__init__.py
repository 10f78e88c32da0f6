"""The moderators' desk: the live queue, who is there, who has what, and what they may do."""
