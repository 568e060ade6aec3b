"""The same road with Telegram calling us, for the store's bot and the operators'."""

from pydantic import SecretStr

from core.kernel.settings import Settings
from sandbox.testing import running_sandbox
from tests.support.world import free_port, open_world


async def test_the_main_road_by_webhooks(settings: Settings) -> None:
    port = free_port()
    settings = settings.model_copy(
        update={
            "telegram_mode": "webhook",
            "telegram_webhook_secret": SecretStr("a-secret_of-the-operators-bot"),
            "public_url": f"http://127.0.0.1:{port}",
            "port": port,
        }
    )
    async with running_sandbox() as sandbox, open_world(settings, sandbox, port=port) as world:
        shop = await world.shop()
        ivan = await shop.customer("Иван")
        await ivan.writes("Есть АКПП на Camry 40?")
        card = await shop.anna.card("Есть АКПП на Camry 40?")
        assert await shop.anna.taps("Отправить", card) == "Отправляю"
        await ivan.receives("Здравствуйте")
        await shop.anna.sees("Отправлено в", only=card)
        bots = (await sandbox.call("GET", "telegram/bots"))["bots"]
        used = {bot["username"]: bot["webhook_url"] for bot in bots}
        assert used[shop.bot].endswith(f"/webhooks/telegram/{shop.account_id}")
        polls = await sandbox.requests(method="getUpdates")
        assert not polls
