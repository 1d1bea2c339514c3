"""How a letter pack is written: its list, its words, and the files that hold them."""
