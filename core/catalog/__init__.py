"""What a store sells. Verbs: `put_products`, `product`."""
