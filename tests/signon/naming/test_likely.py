"""Finding one of a list in memory, and the regions and pictures that numbers are told by."""

from signon.figures import share_charts
from signon.geography import regions
from signon.invitations.coverage import Place
from signon.matching import Party
from signon.naming.likely import Likely


def test_the_likeliest_comes_first_and_what_is_not_likely_is_left_out():
    likely = Likely()
    for number, name in enumerate(("Women for Water", "Women for Water Network", "Bread for all", "Roses")):
        likely.add(number, Party(name, "KE"))
    found = likely.near(Party("Women for Water", "KE"))
    assert [each.number for each in found] == [0, 1]
    assert found[0].judgment.score > found[1].judgment.score
    assert likely.near(Party("Something else", "MX")) == []


def test_every_country_has_its_region_in_the_reader_s_language():
    assert [regions.of(code) for code in ("KE", "MX", "XK", "PS", "")] == ["014", "013", "039", "145", ""]
    assert regions.name("014", "en") == "Eastern Africa"
    assert regions.name("014", "fr") == "Afrique orientale"
    assert regions.name("", "en") == ""


def test_a_picture_is_as_wide_as_its_largest_bar_and_is_turned_for_readers_from_the_right():
    places = [Place("014", "Eastern Africa", 4, 1), Place("013", "Central America", 2, 2)]
    left, right = (share_charts.shares(places, rtl=rtl) for rtl in (False, True))
    assert [(bar.whole, bar.part) for bar in left.bars] == [("100.00%", "25.00%"), ("50.00%", "50.00%")]
    assert [bar.whole_from for bar in left.bars] == ["0.00%", "0.00%"]
    assert [(bar.whole_from, bar.part_from) for bar in right.bars] == [("0.00%", "75.00%"), ("50.00%", "50.00%")]
    assert share_charts.shares([], rtl=False).bars == []
