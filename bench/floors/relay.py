"""The floor of the main road: aiogram alone, which forwards to the operator and replies.

Run as `… API_BASE TOKEN OPERATOR_CHAT DSN`. A pressed button is answered after one UPDATE, and
then the customer gets a message: the floor of an approval. It keeps nothing else, de-duplicates
nothing, orders nothing, and what it has in hand when it dies is lost.
"""

import asyncio
import sys

import asyncpg
import orjson
import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, Message

TABLE = """
CREATE TABLE IF NOT EXISTS bench_presses (id bigint PRIMARY KEY, pressed int NOT NULL DEFAULT 0)
"""
_PRESS = "UPDATE bench_presses SET pressed = pressed + 1 WHERE id = $1"


async def main(base: str, token: str, operator: int, dsn: str) -> None:
    """Until killed."""
    session = AiohttpSession(
        api=TelegramAPIServer.from_base(base),
        json_loads=orjson.loads,
        json_dumps=lambda value: orjson.dumps(value).decode(),
    )
    bot = Bot(token, session=session)
    dispatcher = Dispatcher()
    async with asyncpg.create_pool(dsn, min_size=1, max_size=10) as pool:

        @dispatcher.message()
        async def relay(message: Message) -> None:
            await bot.forward_message(operator, message.chat.id, message.message_id)
            await message.answer("Принято")

        @dispatcher.callback_query()
        async def approve(query: CallbackQuery) -> None:
            number = int((query.data or "0").rpartition(":")[2])
            await pool.execute(_PRESS, number)
            await query.answer("Отправляю")
            await bot.send_message(number, f"ответ a{number:07d}z")

        await dispatcher.start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
