"""The whole stage: people, chats, faults, the journal, and the log that keeps them."""

from pathlib import Path

from sandbox.archive import Archive
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.live import Live
from sandbox.openai.script import Script
from sandbox.people import People, demo_people
from sandbox.telegram.state import OPERATOR_KIND, STORE_KIND, Telegram
from sandbox.tokens import OPERATOR_BOT_TOKEN, SECOND_STORE_BOT_TOKEN, STORE_BOT_TOKEN


class World:
    """Made once at start; restored from the folder when there is one."""

    def __init__(self, folder: Path | None = None) -> None:
        self.archive = Archive(folder)
        self.live = Live()
        self.faults = Faults()
        self.journal = Journal()
        self.script = Script()
        self.people = People()
        self.telegram = Telegram(self.archive, self.live, self.faults, self.people)
        self._cast()
        for fact in self.archive.facts():
            self.telegram.restore(fact)
        self.archive.rewrite(self.telegram.facts())

    def _cast(self) -> None:
        operators = self.telegram.add_bot(
            OPERATOR_BOT_TOKEN, "SalesOperatorBot", "Sales Operator", OPERATOR_KIND
        )
        store = self.telegram.add_bot(
            STORE_BOT_TOKEN, "KorobkaPartsBot", "Коробка передач", STORE_KIND, "demo"
        )
        self.telegram.add_bot(
            SECOND_STORE_BOT_TOKEN, "MotorDvorBot", "Моторный двор", STORE_KIND, "second"
        )
        for person in demo_people(operators.id, store.id):
            self.people.add(person)
