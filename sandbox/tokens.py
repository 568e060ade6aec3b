"""The only credentials the sandbox knows. They open nothing outside it."""

OPERATOR_BOT_TOKEN = "7000000001:SANDBOX-operators-bot"  # noqa: S105
STORE_BOT_TOKEN = "7000000002:SANDBOX-demo-store-bot"  # noqa: S105
SECOND_STORE_BOT_TOKEN = "7000000003:SANDBOX-second-store-bot"  # noqa: S105
OPENAI_API_KEY = "sk-sandbox-0000000000000000"
