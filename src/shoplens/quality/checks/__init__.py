"""One file per check; each is registered as an entry point of the group `shoplens.check`."""
