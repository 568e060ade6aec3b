"""What a store sells. Verbs: `create_product`, `edit_product`, `remove_product`, `put_products`."""
