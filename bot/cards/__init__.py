"""The operator's card: a pure picture of a CardView, and the drain that hangs it in chats."""
