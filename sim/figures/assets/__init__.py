"""Scripts that made the files beside the figures: run by hand to renew an asset, never imported by the program."""
