"""The other ways of reading or judging an export, each a program of its own that prints how many things it did."""
