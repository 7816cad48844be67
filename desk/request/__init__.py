"""What pages and API both know of one request: its context, cookies, grants, path types, downloads."""
