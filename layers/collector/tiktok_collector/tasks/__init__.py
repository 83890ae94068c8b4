"""Runs and their tasks in the DynamoDB table `Tasks`: leases with fencing, checkpoints, a sparse index of work."""
