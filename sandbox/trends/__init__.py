"""What trends in a world: made from its seed when it is asked for, so that nothing is worked out at start."""
