"""The access token: read by collectors, obtained by `token_refresh` alone, one grant however many ask at once."""
