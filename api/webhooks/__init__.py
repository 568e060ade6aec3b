"""What vendors push: verified over the raw request, made durable, then acknowledged."""
