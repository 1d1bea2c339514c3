"""One sign-on before staff: evidence beside it, the decision, and the directory it leads to."""
