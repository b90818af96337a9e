"""The public pages, as of any public position. Over editions alone."""
