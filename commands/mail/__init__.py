"""Mail: who hears of what, by notices, letters, links; and its delivery."""
