"""The Bot API server, the chats behind it, and what people do in them."""
