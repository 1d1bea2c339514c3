"""The desk: staff's pages. Each view translates a request into one act, and decides nothing."""
