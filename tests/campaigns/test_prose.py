from campaigns.prose import blocks


def words(text):
    return {"is": "text", "text": text}


def paragraph(*inlines):
    return {"is": "paragraph", "of": list(inlines)}


def test_a_text_is_told_as_data():
    assert blocks("We **call** on [you](https://un.example).\nNow.") == [
        paragraph(
            words("We "),
            {"is": "strong", "of": [words("call")]},
            words(" on "),
            {"is": "link", "url": "https://un.example", "of": [words("you")]},
            words("."),
            words(" "),
            words("Now."),
        )
    ]


def test_demands_keep_the_number_they_begin_with():
    assert blocks("3. Third\n4. Fourth") == [
        {
            "is": "list",
            "ordered": True,
            "start": 3,
            "items": [[paragraph(words("Third"))], [paragraph(words("Fourth"))]],
        }
    ]


def test_a_footnote_stands_where_it_is_first_marked():
    assert blocks("One[^a] two[^a].\n\n[^a]: Note.") == [
        paragraph(
            words("One"),
            {"is": "note", "number": 1, "of": [paragraph(words("Note."))]},
            words(" two"),
            {"is": "note", "number": 1, "of": []},
            words("."),
        )
    ]


def test_headings_begin_below_the_title_and_skip_no_level():
    levels = [block["level"] for block in blocks("# One\n\n#### Two\n\n###### Three\n\n## Four\n\n# \n")]
    assert levels == [2, 3, 4, 2]


def test_code_html_and_links_that_lead_elsewhere_are_only_words():
    told = str(
        blocks(
            "<script>alert(1)</script> [x](javascript:alert(1)) [y](data:text/html,1) ![z](https://un.example/z.png)"
        )
    )
    assert "'url'" not in told
    assert "<script>alert(1)</script>" in told


def test_a_table_has_a_head_and_rows():
    assert blocks("| a | b |\n|---|---|\n| 1 | 2 |") == [
        {"is": "table", "head": [[words("a")], [words("b")]], "rows": [[[words("1")], [words("2")]]]}
    ]
