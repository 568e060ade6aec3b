from hypothesis import given
from hypothesis import strategies as st

from core.knowledge.chunking import MOST_WORDS, Piece, document_pieces, product_piece

SENTENCE = "Коробку передач отправляем в жёсткой обрешётке транспортной компанией. "


def test_a_short_document_is_one_passage() -> None:
    assert document_pieces("График", "С 9 до 19.\n\nВыходной — воскресенье.") == [
        Piece("График", "С 9 до 19.\n\nВыходной — воскресенье.")
    ]


def test_the_last_sentence_opens_the_next_passage() -> None:
    first, second, *_ = document_pieces("Доставка", "\n\n".join([SENTENCE * 10] * 3))
    assert second.body.startswith(first.body.rsplit(". ", 1)[-1])


def test_a_heading_and_a_question_stay_with_what_follows() -> None:
    body = f"{SENTENCE * 14}\n\n## Возврат\n\nКогда вернёте деньги?\n\n{SENTENCE * 10}"
    first, second = document_pieces("Возврат", body)
    assert "Когда вернёте" not in first.body
    assert second.body.startswith("Возврат\n\nКогда вернёте деньги?")


@given(st.lists(st.text(alphabet="абв .?!\n#", max_size=900), max_size=12))
def test_every_word_is_in_some_passage_and_none_is_too_long(paragraphs: list[str]) -> None:
    body = "\n\n".join(paragraphs)
    pieces = document_pieces("Т", body)
    found = {word for piece in pieces for word in piece.body.split()}
    # But for the marks of headings: a passage is quoted to customers.
    marks = {word for word in body.split() if set(word) == {"#"}}
    assert set(body.split()) - marks <= found
    assert all(len(piece.body.split()) <= MOST_WORDS + 40 for piece in pieces)


def test_price_and_stock_are_not_part_of_a_passage() -> None:
    row = {
        "name": "АКПП", "sku": "U250E", "description": "Контрактная", "price": 45000, "stock": 2,
        "delivery": "СДЭК", "variants": [{"name": "без гидротрансформатора"}],
    }  # fmt: skip
    body = product_piece(row).body
    assert "45000" not in body
    assert "без гидротрансформатора" in body
    assert (
        product_piece({**row, "price": 1, "stock": 0}).fingerprint == product_piece(row).fingerprint
    )
