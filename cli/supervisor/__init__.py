"""Keeps the product's processes running and takes them down, whatever happens to any of them."""
