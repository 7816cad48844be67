"""The server before pages and API: application, middleware, error pages, health."""
