"""The OpenAI endpoints: answers made from the request alone, scriptable for tests."""
