"""One file per fix; each is registered as an entry point of the group `shoplens.fix`."""
