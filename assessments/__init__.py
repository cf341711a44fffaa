"""The heart: what structures declare, what advisors reply, what the documents say."""
