"""People: users, their memberships and permissions, invites, sign-ins.

Verbs: `actor_of`, `invite`, `join`, `sign_in`, `refresh`, `sign_out`, `start_link`.
"""
