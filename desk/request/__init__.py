"""One request, as pages and API both know it: its context, cookies, grants, path types, downloads."""
