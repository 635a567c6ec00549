"""The proof rests on marks: an account without them would prove nothing."""

from tests.common.worlds.zoo import Zoo, unmarked


def test_every_column_of_text_carries_the_mark_of_its_account(zoo: Zoo) -> None:
    for one in zoo.accounts:
        assert unmarked(zoo.database, one) == []


def test_marks_are_found_however_deep_and_are_one_accounts_alone(zoo: Zoo) -> None:
    first, second, *_ = zoo.accounts
    assert first.marks_in({"rows": [(first.account_id, "x")], "word": [first.word.upper()]})
    assert zoo.foreign_marks(repr(first), first) == set()
    assert zoo.foreign_marks([{"name": f"a {second.word} b"}], first) == {second.word}
    assert zoo.foreign_marks("$921.37", first) == {"921.37"}
    assert zoo.foreign_marks("71000010 1921.37 921.370", first) == set()
