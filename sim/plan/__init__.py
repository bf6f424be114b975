"""What an engine needs and nothing else: the plan's tables, how they are compiled, and the draws."""
