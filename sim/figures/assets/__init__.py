"""Scripts that made the files beside the figures. Run by hand when an asset is renewed; the program never imports them."""
