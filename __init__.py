"""pfnspec: concurrent kernel protocols, written like the code and checked by TLC."""
