"""Countries, regions, and the world drawn from them."""
