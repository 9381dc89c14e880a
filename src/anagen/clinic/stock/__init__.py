"""What lies in which place: products, lots, opened vials, and every movement of them."""
