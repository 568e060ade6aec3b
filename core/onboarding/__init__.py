"""How a store begins, and the platform. Verbs: `create_owner`, `create_platform_owner`."""
