"""What a researcher asks for, as pure data: accounts, periods, windows."""
