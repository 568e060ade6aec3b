"""What the product does, with no word of how it is shown: surfaces translate, the core decides."""
