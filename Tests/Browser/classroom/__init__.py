"""A class to look at: the real server, its API, pictures to post, and a browser."""
