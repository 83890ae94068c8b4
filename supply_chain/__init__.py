"""What ships: the bill of materials and the licence list of the layer, as `make bom` writes them."""
