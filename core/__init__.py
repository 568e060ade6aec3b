<<<<<<< HEAD
"""What the product does, with no word of how it is shown: surfaces translate, the core decides."""
=======
"""The product itself: its rules, rows and use cases. Imports no surface (api, bot, connectors)."""
>>>>>>> ground
