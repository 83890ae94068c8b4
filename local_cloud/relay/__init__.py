"""The way out of Lambda containers: a container beside them passes what they send through sockets in a folder."""
