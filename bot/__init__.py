"""The operators' bot: the console where drafts are approved. It translates, the core decides."""
