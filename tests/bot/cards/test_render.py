"""What a card says in each state, and that nothing written by anybody breaks it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.render import render
from bot.cards.screen import Screen
from bot.taps import CardTap
from core.kernel.i18n import Speaker
from core.suggestions.card import AttachmentShown, CardView
from tests.bot.cards.reading import seen, utf16
from tests.bot.cards.views import (
    GEARBOX,
    NOW,
    card,
    draft,
    escalation,
    message,
    reply,
)

LONGEST = 4096
RU = Speaker("ru")


def shown(view: CardView, speaker: Speaker = RU) -> tuple[str, list[list[str]], Screen]:
    screen = render(view, speaker, NOW)
    text = seen(screen.text)
    assert utf16(text) <= LONGEST
    rows = screen.keyboard.inline_keyboard
    assert len(rows) <= 3
    for row in rows:
        for button in row:
            assert button.copy_text or len((button.callback_data or "").encode()) <= 64
            if button.callback_data:
                tap = CardTap.unpack(button.callback_data)
                assert (tap.tenant, tap.card) == (view.tenant_id, view.id)
    return text, [[button.text for button in row] for row in rows], screen


def test_a_draft_stands_with_its_grounds_and_its_buttons() -> None:
    view = card(
        "Есть АКПП на Camry 40, сколько стоит?",
        suggestion=draft("АКПП в наличии, 45 000 ₽. Гарантия 14 дней.", unbound=("14 дней",)),
    )
    text, rows, _ = shown(view)
    assert text == (
        "🟡 Иван Петров · Telegram · ждёт с 12:01\n"
        "Полуавто · диалог 1042\n\n"
        "Есть АКПП на Camry 40, сколько стоит?\n\n"
        "Черновик · цена · 86 %\n"
        "АКПП в наличии, 45 000 ₽. Гарантия 14 дней.\n\n"
        "Источники: U250E-40 — 45\u202f000\u00a0₽, 2 шт. · «Гарантия»\n"
        "⚠ Не подтверждено: «14 дней»"
    )
    assert rows == [
        ["Отправить", "Править"],
        ["Отклонить", "Эскалировать"],
        ["Другой вариант", "Ещё"],
    ]


def test_before_the_draft_the_operator_can_answer_already() -> None:
    text, rows, _ = shown(card("Есть АКПП?"))
    assert "Черновик готовится…" in text
    assert text.startswith("🔵 ")
    assert rows == [["Ответить", "Эскалировать"], ["Ещё"]]


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ("ai.timeout", "Причина: ИИ не ответил вовремя"),
        ("timeout", "Причина: ИИ не ответил вовремя"),
        ("quite <b>unknown", "Причина: quite <b>unknown"),
    ],
)
def test_without_ai_the_card_says_why(failure: str, said: str) -> None:
    view = card(suggestion=draft("", status="failed", failure=failure), turn={"state": "ready"})
    text, rows, _ = shown(view)
    assert "ИИ недоступен — ответьте сами" in text
    assert said in text
    assert rows == [["Ответить", "Другой вариант"], ["Эскалировать", "Ещё"]]


def test_with_the_drafts_turned_off_nothing_is_called_broken() -> None:
    text, rows, _ = shown(card(turn={"state": "ready"}))
    assert "Черновика нет — ответьте сами" in text
    assert "недоступен" not in text
    assert rows == [["Ответить"], ["Эскалировать", "Ещё"]]


def test_the_verdict_explains_itself_and_says_nothing_twice() -> None:
    locked = draft(reasons=("learning_mode", "autosend_off", "low_score", "unbound_facts"))
    text, _, _ = shown(card(suggestion=locked))
    assert "Причина: ИИ не уверен" in text
    assert "автоответ" not in text
    assert "неподтверждённые" not in text
    alone = draft(reasons=("autosend_off", "below_t_auto"))
    text, _, _ = shown(card(suggestion=alone))
    assert "Причина: автоответ выключен, уверенность ниже порога" in text


def test_where_another_try_is_hopeless_none_is_offered() -> None:
    view = card(suggestion=draft("", status="failed", failure="ai.off"), turn={"state": "ready"})
    text, rows, _ = shown(view)
    assert "Черновика нет — ответьте сами" in text
    assert rows[0] == ["Ответить"]


def test_a_reply_on_its_way_says_when_and_whose() -> None:
    text, rows, screen = shown(
        card(suggestion=draft(status="approved"), outbound=reply("scheduled"))
    )
    assert "⏳ Уйдёт в 12:03:08 · Анна\nВ наличии, 45 000 ₽." in text
    assert rows == [["Отменить"]]
    assert screen.keyboard.inline_keyboard[0][0].style == "danger"


@pytest.mark.parametrize(
    ("state", "problem", "said", "rows"),
    [
        ("claimed", None, "⏳ Отправляется · Анна", []),
        ("sending", None, "⏳ Отправляется · Анна", []),
        ("sent", None, "🟢 Отправлено в 12:03 · Анна", [["Завершить", "Ещё"]]),
        (
            "rejected",
            "channel.blocked",
            "⚠ Не отправлено · клиент остановил бота · Анна",
            [["Ответить", "Скопировать"], ["Эскалировать", "Ещё"]],
        ),
        (
            "unsure",
            None,
            "⚠ Неизвестно, дошло ли · Анна",
            [["Дошло", "Отправить ещё раз"]],
        ),
    ],
)
def test_what_becomes_of_a_reply(
    state: str, problem: str | None, said: str, rows: list[list[str]]
) -> None:
    text, buttons, _ = shown(
        card(suggestion=draft(status="approved"), outbound=reply(state, problem=problem))
    )
    assert said in text
    assert buttons == rows


def test_an_undone_reply_gives_the_draft_back() -> None:
    _, rows, _ = shown(card(suggestion=draft(), outbound=reply("cancelled")))
    assert rows[0] == ["Отправить", "Править"]


def test_a_rejected_draft_says_who_and_why_without_a_gender() -> None:
    refused = draft(status="rejected", decided_by="Анна", decided_at=NOW, reason="tone")
    text, rows, _ = shown(card(suggestion=refused, turn={"state": "ready"}))
    assert "Черновик отклонён в 12:03 · Анна · Не тот тон" in text
    assert rows[0] == ["Ответить", "Другой вариант"]


def test_an_escalation_is_red_and_says_its_reason() -> None:
    view = card(
        suggestion=draft(status="escalated"),
        escalation=escalation(),
        thread={"status": "escalated"},
    )
    text, rows, _ = shown(view)
    assert text.startswith("🔴 ")
    assert "🔴 Эскалация в 12:03 · Анна · Жалоба" in text
    assert rows == [["Ответить"], ["Ещё"]]


def test_while_somebody_edits_the_card_says_so() -> None:
    view = card(suggestion=draft(editing_by="Мария", editing_until=NOW + timedelta(minutes=5)))
    text, rows, _ = shown(view)
    assert "Правку ведёт Мария, до 12:08" in text
    assert rows[0] == ["Отправить", "Отменить правку"]


def test_an_older_card_is_one_line_and_final() -> None:
    view = card("Есть АКПП на Camry 40?", newest=False, suggestion=draft(status="superseded"))
    text, rows, screen = shown(view)
    assert text == (
        "⚪ Иван Петров · диалог 1042 · «Есть АКПП на Camry 40?»"
        " · клиент написал ещё раз, карточка ниже"
    )
    assert rows == []
    assert screen.final


def test_an_older_card_keeps_the_button_its_reply_still_needs() -> None:
    text, rows, screen = shown(card(newest=False, outbound=reply("unsure")))
    assert text.startswith("⚠ ")
    assert "\n" not in text
    assert rows == [["Дошло", "Отправить ещё раз"]]
    assert not screen.final


def test_an_older_card_whose_reply_is_parked_is_drawn_again_when_that_is_sent_after_all() -> None:
    _, rows, screen = shown(card(newest=False, outbound=reply("parked")))
    assert rows == [["Повторить", "Отменить"]]
    assert not screen.final, "pressed, its buttons would hang there for ever"


def test_a_resolved_conversation_is_a_line_that_may_come_back() -> None:
    text, rows, screen = shown(card(thread={"status": "resolved"}))
    assert text.startswith("⚪ ")
    assert "диалог завершён" in text
    assert rows == [["Вернуть в работу"]]
    assert not screen.final


def test_a_card_that_may_hang_twice_says_so_first() -> None:
    text, _, _ = shown(card(suggestion=draft(), repeats=1))
    assert text.splitlines()[0] == "Связь прерывалась: эта карточка могла прийти дважды."


@pytest.mark.parametrize(
    ("page", "rows"),
    [
        (
            "reject",
            [["Неверно", "Не тот тон"], ["Не хватает сведений", "Отвечу сам"], ["‹ Назад"]],
        ),
        (
            "escalate",
            [["Жалоба", "Нестандартно"], ["Нужен владелец", "Другое"], ["‹ Назад"]],
        ),
        ("modes", [["Обучение", "✓ Полуавто", "Авто"], ["‹ Назад"]]),
        (
            "more",
            [
                ["Взять себе", "Ответить", "Завершить"],
                ["Режим: Полуавто", "Скопировать"],
                ["Узнать цену", "‹ Назад"],
            ],
        ),
    ],
)
def test_pages_of_buttons(page: str, rows: list[list[str]]) -> None:
    assert shown(card(suggestion=draft(), page=page))[1] == rows


def test_a_page_that_makes_no_sense_any_more_is_not_shown() -> None:
    _, rows, _ = shown(
        card(suggestion=draft(status="approved"), outbound=reply("sent"), page="reject")
    )
    assert rows == [["Завершить", "Ещё"]]


def test_edits_deletions_quotes_and_files_are_marked() -> None:
    said = [
        message("Было", edited=True, reply_to="45 000"),
        message("Лишнее", deleted=True),
        message("", attachments=(AttachmentShown("document", "прайс.pdf", too_big=False),)),
        message("", attachments=(AttachmentShown("video", None, too_big=True),)),
        message(""),
    ]
    screen = render(card(messages=said), RU, NOW)
    text = seen(screen.text)
    assert "↩ 45 000\nБыло\nизменено клиентом" in text
    assert "<s>Лишнее</s>" in screen.text
    assert "[Файл: прайс.pdf]" in text
    assert "[Видео · слишком большой, откройте в мессенджере]" in text
    assert "Сообщение без текста" in text


def test_the_episode_before_folds_into_a_quote() -> None:
    before = [
        message("Здравствуйте"),
        message("Добрый день!", author="operator", author_name="Анна"),
    ]
    screen = render(card("Есть АКПП?", earlier=before), RU, NOW)
    assert (
        "<blockquote expandable>12:01 Клиент: Здравствуйте\n12:01 Анна: Добрый день!</blockquote>"
        in screen.text
    )


def test_long_words_are_cut_with_an_honest_mark() -> None:
    view = card(messages=[message("ж" * 4200, length=10_000)], suggestion=draft("д" * 100))
    text, _, _ = shown(view)
    assert "из 10000 знаков" in text
    assert "д" * 100 in text
    assert utf16(text) > 3800


def test_words_that_fit_stay_whole_beside_a_long_draft() -> None:
    text, _, _ = shown(card("ж" * 1500, suggestion=draft("д" * 4000)))
    assert "ж" * 1500 in text
    assert "из 4000 знаков" in text


def test_of_a_hundred_messages_the_newest_are_there() -> None:
    said = [message(f"сообщение {n} " + "😀" * 50) for n in range(100)]
    text, _, _ = shown(card(messages=said, suggestion=draft()))
    assert "сообщение 99 " in text
    assert "сообщение 0 " not in text
    assert "Начало не поместилось" in text


def test_a_hundred_messages_before_leave_the_card_whole() -> None:
    before = [message(f"<b>{n}</b> " + "слово " * 60) for n in range(100)]
    text, rows, _ = shown(card("Есть?", earlier=before, suggestion=draft()))
    assert "<b>99</b>" in text
    assert "В наличии" in text
    assert rows[0] == ["Отправить", "Править"]


def test_a_name_keeps_its_direction_to_itself() -> None:
    text, _, _ = shown(card("שלום", customer="\u202eевил\u202e אבי"))
    assert "\u202e" not in text.splitlines()[0]
    assert "\u2068евил אבי\u2069 · Telegram" in text


def test_english_cards_are_english() -> None:
    text, rows, _ = shown(card(suggestion=draft()), Speaker("en"))
    assert "Draft · price · 86%" in text
    assert rows[0] == ["Send", "Edit"]


def test_equal_cards_have_equal_hashes_and_others_not() -> None:
    view = card("Есть?", suggestion=draft())
    again = render(view, RU, NOW + timedelta(seconds=30))
    assert render(view, RU, NOW).hash == again.hash
    newer = replace(view, suggestion=draft(version=4))
    assert render(newer, RU, NOW).hash != again.hash, (
        "an old button must not stay under a new draft"
    )


nasty = st.text(
    st.one_of(
        st.sampled_from("<>&\"'/\u202e\u2066\u200d\ufe0f😀👨‍👩‍👧שא\n\u0301{}"),
        st.characters(codec="utf-8", exclude_characters="\0\r"),
    ),
    max_size=40,
)
long = st.builds(lambda text, times: text * times, nasty, st.sampled_from([1, 1, 3, 60, 300]))


@given(
    texts=st.lists(long, min_size=1, max_size=6),
    before=st.lists(long, max_size=6),
    drafted=long,
    name=nasty,
    title=long,
    fact=long,
    editor=nasty,
    state=st.sampled_from([None, "scheduled", "sent", "unsure", "rejected", "cancelled"]),
    status=st.sampled_from(["pending", "failed", "rejected", "approved"]),
    newest=st.booleans(),
    english=st.booleans(),
)
def test_no_words_of_anybody_break_a_card(
    *,
    texts: list[str],
    before: list[str], drafted: str, name: str, title: str, fact: str,
    editor: str, state: str | None, status: str, newest: bool, english: bool,
) -> None:  # fmt: skip
    view = card(
        *texts,
        customer=name,
        earlier=[message(text, reply_to=text, author_name=name) for text in before],
        newest=newest,
        escalation=replace(escalation(), by=editor),
        suggestion=draft(
            drafted,
            status=status,
            failure=fact,
            unbound=(fact,) * 9,
            sources=(replace(GEARBOX, title=title),) * 9,
            editing_by=editor,
            editing_until=NOW + timedelta(minutes=1),
        ),
        outbound=reply(state, text=drafted, problem=fact, author_name=editor) if state else None,
    )
    shown(view, Speaker("en" if english else "ru"))


def test_a_reply_that_goes_out_without_a_licence_says_so_and_can_be_stopped() -> None:
    sent = draft("В наличии.", status="auto_sent", reasons=("without_licence",))
    text, rows, _ = shown(card(suggestion=sent, outbound=reply("scheduled", author="ai")))
    assert "Без лицензии: по порогу магазина" in text
    assert rows[0] == ["Отменить"]
    licensed = draft("В наличии.", status="auto_sent", reasons=())
    text, _, _ = shown(card(suggestion=licensed, outbound=reply("scheduled", author="ai")))
    assert "лицензи" not in text
