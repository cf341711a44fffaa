"""The demonstration: a network and four structures, all invented, to look at every screen with something in it."""
