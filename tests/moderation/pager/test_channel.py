from moderation.pager.channel import Notice


def test_P1_words_of_a_page_are_code_class_time_link() -> None:
    """Subject and body are made of the four things and the product's name alone."""
    notice = Notice("ABC-DEFG", "possible abuse", "02:14 UTC", "https://chat.test/staff/x")
    assert notice.subject == "Peerline ABC-DEFG: possible abuse"
    assert notice.body == "ABC-DEFG\npossible abuse\n02:14 UTC\nhttps://chat.test/staff/x"
