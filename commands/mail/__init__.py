"""Who hears of what: notices, letters, links, delivery."""
