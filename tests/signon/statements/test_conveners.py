"""Conveners: their private link, what they say, and that they are listed first, each name once."""

import json
import re

import pytest
from django.urls import reverse

from campaigns.models import Statement
from signon import letter, organizing, resources, signatories, signing, tokens, verifying
from signon.casework import merging
from signon.exports import list_pieces
from signon.exports.export_choice import Choice
from signon.mail import rendering
from signon.models import Comment, Convener, Counter, LedgerEntry, Message, SignOn
from signon.models.sign_on import BEHIND
from signon.statements import convener_places, convening
from tests.factories import OrganizationFactory, SignOnFactory, StatementFactory, UserFactory, accepted
from tests.posted import typed
from tests.signon.test_constraints import Refused, change

pytestmark = pytest.mark.django_db


def convener_of(statement, name="Alpha", **fields):
    return convening.add(statement, by=UserFactory(), name=name, email=f"{name.lower()}@secret.example", **fields)


def link_of(convener, name="draft"):
    return reverse(name, args=[convener.statement.slug, tokens.make(convener, tokens.DRAFT)])


def four(statement):
    """Zebra and Mango convene, in this order; Apple and Kiwi are signatories like all others."""
    made = {name: accepted(statement=statement, organization_name=name) for name in ("Apple", "Kiwi", "Mango", "Zebra")}
    for name in ("Zebra", "Mango"):
        convener_of(statement, name, organization=made[name].organization)
    return made


def names_of(rows):
    return [row.name for row in rows]


def test_conveners_come_first_in_the_order_that_staff_set_and_each_name_stands_once():
    statement = StatementFactory()
    four(statement)
    assert names_of(signatories.page(signatories.listed(statement), "en").rows) == ["Zebra", "Mango", "Apple", "Kiwi"]
    groups = signatories.grouped(statement, "en")
    assert [(group.title, group.total, names_of(group.rows)) for group in groups] == [
        ("Conveners", 2, ["Zebra", "Mango"]),
        ("Kenya", 2, ["Apple", "Kiwi"]),
    ]
    assert sum(group.total for group in groups) == Counter.objects.filter(statement=statement).tally().total == 4


def test_a_country_whose_only_signatories_convene_is_no_empty_group():
    statement = StatementFactory()
    alone = accepted(statement=statement, country="MX")
    convener_of(statement, organization=alone.organization)
    assert [(group.title, group.total) for group in signatories.groups(statement, "en")] == [("Conveners", 1)]
    assert Counter.objects.filter(statement=statement).tally().countries == 1


def test_the_order_is_changed_by_moving_one_up_or_down():
    statement = StatementFactory()
    four(statement)
    mango = Convener.objects.get(name="Mango")
    convening.move_by(mango, -1, by=UserFactory())
    assert names_of(signatories.page(signatories.listed(statement), "en").rows)[:2] == ["Mango", "Zebra"]
    convening.move_by(mango, -1, by=UserFactory())
    convening.move_by(mango, 5, by=UserFactory())
    assert names_of(signatories.page(signatories.listed(statement), "en").rows)[:2] == ["Zebra", "Mango"]
    assert statement.ledger.filter(act="convened").last().facts["order"] == list(
        statement.conveners.standing().values_list("pk", flat=True)
    )


def test_who_is_removed_stands_among_all_others_and_its_link_ends(client):
    statement = StatementFactory(state="circulating")
    made = accepted(statement=statement, organization_name="Zebra")
    convener = convener_of(statement, "Zebra", organization=made.organization)
    link = link_of(convener)
    assert client.get(link).status_code == 200
    convening.remove(convener, by=UserFactory())
    made.refresh_from_db()
    assert (made.convener_place, client.get(link).status_code) == (BEHIND, 404)


def test_pages_go_by_key_across_the_end_of_the_conveners():
    statement = StatementFactory()
    four(statement)
    listed = signatories.listed(statement)
    first = signatories.page(listed, "en", size=1)
    second = signatories.page(listed, "en", after=first.after, size=2)
    back = signatories.page(listed, "en", before=second.before, size=2)
    last = signatories.page(listed, "en", after=second.after, size=2)
    assert [names_of(page.rows) for page in (first, second, back, last)] == [
        ["Zebra"],
        ["Mango", "Apple"],
        ["Zebra"],
        ["Kiwi"],
    ]


def test_the_page_shows_conveners_in_a_group_of_their_own(client):
    statement = StatementFactory()
    four(statement)
    for path in (statement.get_absolute_url(), reverse("signatories", args=[statement.slug])):
        page = client.get(path).content.decode()
        found = re.findall(r"Conveners|Zebra|Mango|Apple|Kiwi", page[page.index("Conveners") :])
        assert found == ["Conveners", "Zebra", "Mango", "Apple", "Kiwi"]


def test_the_api_tells_who_convenes_and_has_them_first(client):
    statement = StatementFactory()
    four(statement)
    url = reverse("api:signatories", args=[statement.slug]) + "?limit=1"
    found = []
    while url:
        page = client.get(url).json()
        found += [(each["name"], each["convener"]) for each in page["items"]]
        url = page["next"]
    assert found == [("Zebra", True), ("Mango", True), ("Apple", False), ("Kiwi", False)]
    places = client.get(reverse("api:counts", args=[statement.slug])).json()["places"]
    assert [(place["name"], place["organizations"]) for place in places] == [("Kenya", 4)]


def test_a_frame_has_conveners_first(client):
    statement = StatementFactory()
    four(statement)
    page = client.get(reverse("embed", args=[statement.slug]) + "?show=list").content.decode()
    assert re.findall(r"Zebra|Mango|Apple|Kiwi", page) == ["Zebra", "Mango", "Apple", "Kiwi"]


@pytest.mark.parametrize("order", ["country", "name", "type"])
def test_lists_have_conveners_first_in_a_group_of_their_own(order):
    statement = StatementFactory()
    four(statement)
    choice = Choice(
        statement=statement.slug, columns=("organization", "convener"), order=order, grouped=order != "name"
    )
    rows = [list(row) for row in list_pieces.rows(choice, resources.SignatoryResource)][1:]
    group = {"country": "Kenya", "type": "ngo", "name": ""}[order]
    with_group = [["conveners"], ["conveners"], [group], [group]] if group else [[], [], [], []]
    told = [["Zebra", "1"], ["Mango", "2"], ["Apple", ""], ["Kiwi", ""]]
    assert rows == [first + rest for first, rest in zip(with_group, told, strict=True)]
    pieces = b"".join(p for p in list_pieces.csv_pieces(choice, resources.SignatoryResource) if isinstance(p, bytes))
    assert re.findall("Zebra|Mango|Apple|Kiwi", pieces.decode()) == ["Zebra", "Mango", "Apple", "Kiwi"]


@pytest.mark.parametrize("grouping", ["country", "region", "alphabet", "type"])
def test_the_letter_has_conveners_first_and_its_manifest_says_who_they_are(grouping):
    statement = StatementFactory()
    four(statement)
    pack = letter.order(statement, by=UserFactory(), text=statement.text(), grouping=grouping)
    letter.make(pack)
    rows = json.loads(pack.manifest)["rows"]
    assert [(row["name"], row["convener"]) for row in rows] == [
        ("Zebra", "convener"),
        ("Mango", "convener"),
        ("Apple", ""),
        ("Kiwi", ""),
    ]
    assert json.loads(pack.manifest)["counts"]["organizations"] == 4


def test_a_convener_who_asked_to_stand_without_a_name_has_no_place_that_tells_of_it():
    statement = StatementFactory()
    hidden = accepted(statement=statement, organization_name="Zebra", listing="country", sort_key="")
    convener_of(statement, "Zebra", organization=hidden.organization)
    hidden.refresh_from_db()
    assert hidden.convener_place == BEHIND
    assert [group.title for group in signatories.groups(statement, "en")] == ["Kenya"]


def test_only_a_name_has_a_convener_s_place():
    hidden = accepted(listing="country", sort_key="")
    with Refused("only_a_name_has_a_convener_s_place"):
        change(hidden, convener_place=1)


def test_an_organization_convenes_a_statement_once():
    statement, entry = StatementFactory(), OrganizationFactory()
    convener_of(statement, organization=entry)
    with pytest.raises(convening.CannotConvene):
        convener_of(statement, "Again", organization=entry)
    with Refused("an_organization_convenes_a_statement_once"):
        Convener.objects.create(statement=statement, organization=entry, name="Again", email="a@b.example", place=2)


def test_what_is_settled_has_who_and_when():
    comment = Comment.objects.create(convener=convener_of(StatementFactory()), digest="", language="en", words="No.")
    with Refused("what_is_settled_has_who_and_when"):
        Comment.objects.filter(pk=comment.pk).update(settled_by=UserFactory())


def test_accepting_who_came_by_a_convener_s_link_tells_its_entry_and_undoing_forgets_it():
    statement = StatementFactory(state="circulating")
    convener = convener_of(statement, "Zebra")
    made = signed_by_link(convener)
    verifying.accept(made, by=UserFactory())
    convener.refresh_from_db()
    assert convener.organization == made.organization
    assert SignOn.objects.get(pk=made.pk).convener_place == 1
    verifying.reopen(SignOn.objects.get(pk=made.pk), by=UserFactory(), reason="A mistake")
    convener.refresh_from_db()
    assert convener.organization is None
    assert SignOn.objects.get(pk=made.pk).convener_place == BEHIND


def test_a_convener_s_place_follows_a_merge_and_its_undoing():
    statement = StatementFactory()
    made = accepted(statement=statement, organization_name="Zebra")
    other = OrganizationFactory(name="Zebra International")
    convener_of(statement, "Zebra", organization=other)

    def place():
        return SignOn.objects.get(pk=made.pk).convener_place

    assert place() == BEHIND
    merge = merging.merge(made.organization, other, by=UserFactory())
    assert place() == 1
    merging.undo(merge, by=UserFactory())
    assert place() == BEHIND


def test_the_order_stays_as_it_was_delivered():
    statement = StatementFactory(state="delivered")
    with pytest.raises(convening.CannotConvene):
        convener_of(statement)


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_of_putting_conveners_in_their_places_do_not_grow(number, django_assert_num_queries):
    statement = StatementFactory()
    for each in range(number):
        made = accepted(statement=statement)
        convener_of(statement, f"Name{each}", organization=made.organization)
    with django_assert_num_queries(2):
        convener_places.put(statement.pk)


# Under the private link


def signed_by_link(convener, **changes):
    fields = {"organization_name": convener.name, "country": "KE", "organization_type": "ngo"}
    fields |= {"representative_name": "Asha Rao", "email": convener.email, "authorized": True, "consent_publish": True}
    made = convening.sign(convener, language="en", **(fields | changes))
    signing.confirm(made, version=made.version)
    made.refresh_from_db()
    return made


def test_circulating_means_by_private_link_only(client):
    statement = StatementFactory(state="circulating")
    convener = convener_of(statement)
    answer = client.get(link_of(convener))
    assert answer.status_code == 200
    assert "End detention." in answer.content.decode()
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
    assert not answer.cookies
    for name in ("statement", "sign", "signatories", "embed", "api:statement", "put-on-your-site"):
        assert client.get(reverse(name, args=[statement.slug])).status_code == 404


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_a_private_link_rests_while_nobody_is_to_read(client, state):
    convener = convener_of(StatementFactory())
    Statement.objects.filter(pk=convener.statement_id).update(state=state)
    answer = client.get(link_of(convener))
    assert answer.status_code == 410
    assert "End detention." not in answer.content.decode()


def test_a_private_link_is_for_its_statement_alone(client):
    convener, other = convener_of(StatementFactory(state="circulating")), StatementFactory(state="circulating")
    url = reverse("draft", args=[other.slug, tokens.make(convener, tokens.DRAFT)])
    assert client.get(url).status_code == 404
    late = reverse("late", args=[convener.statement.slug, tokens.make(convener, tokens.DRAFT)])
    assert client.get(late).status_code == 404


def test_a_convener_comments_and_the_others_of_that_statement_read_it(client):
    statement = StatementFactory(state="circulating")
    alpha, beta = convener_of(statement, "Alpha"), convener_of(statement, "Beta")
    stranger = convener_of(StatementFactory(state="circulating"), "Gamma")
    posted = client.post(link_of(alpha, "draft-comment"), {"words": "The second demand is too weak."})
    assert posted.status_code == 302
    comment = Comment.objects.get()
    assert (comment.convener, comment.digest) == (alpha, statement.text().digest)
    assert "The second demand is too weak." in client.get(link_of(beta)).content.decode()
    assert "too weak" not in client.get(link_of(stranger)).content.decode()
    assert client.post(link_of(alpha, "draft-comment"), {"words": " "}).status_code == 422


def test_a_comment_is_of_the_text_that_was_read_and_says_so_once_the_text_is_another(client):
    statement = StatementFactory(state="circulating")
    convener = convener_of(statement)
    read = statement.text()
    page = client.get(link_of(convener)).content.decode()
    assert f'name="text" value="{read.digest}"' in page
    before = read.digest
    read.write(title=read.title, body="Another text.")
    client.post(link_of(convener, "draft-comment"), {"words": "Too weak.", "text": before})
    assert Comment.objects.get().digest == before
    assert "of an earlier text" in client.get(link_of(convener)).content.decode()


def test_mails_to_a_convener_lead_to_the_private_link_while_the_statement_has_no_page(client):
    statement = StatementFactory(state="circulating")
    convener = convener_of(statement)
    made = convening.sign(convener, language="en", organization_name="Alpha", email=convener.email)
    text = rendering.words(made.messages.get())[1]
    link = re.search(r"/statements/\S+/draft/\S+/", text)[0]
    assert "End detention." in client.get(link).content.decode()
    assert f"{statement.get_absolute_url()}\n" not in text


def test_a_settled_comment_is_told_once_to_who_wrote_it():
    convener = convener_of(StatementFactory(state="circulating"))
    comment = convening.comment(convener, "No.", text=convener.statement.text())
    assert convening.settle(comment, by=UserFactory(), answer="Mended.")
    assert not convening.settle(comment, by=UserFactory(), answer="Again.")
    message = Message.objects.get(kind="comment")
    assert (message.to_address, comment.answer) == (convener.email, "Mended.")


def test_a_convener_signs_first_counts_once_accepted_and_shows_nowhere_before_opening(client):
    statement = StatementFactory(state="circulating")
    convener = convener_of(statement)
    assert client.post(reverse("sign", args=[statement.slug]), typed()).status_code == 404
    url = link_of(convener)
    posted = client.post(f"{url}sign/", typed(text=statement.text().digest))
    assert (posted.status_code, posted["Location"]) == (302, f"{url}sent/")
    assert client.get(posted["Location"]).status_code == 200
    made = SignOn.objects.get()
    confirm = reverse("confirm", args=[tokens.make(made, tokens.CONFIRM)])
    assert client.get(confirm).status_code == 200
    answer = client.post(confirm, {"version": 1})
    assert statement.get_absolute_url() not in answer.content.decode()
    verifying.accept(SignOn.objects.get(), by=UserFactory())
    assert Counter.objects.filter(statement=statement).tally().organizations == 1
    for name in ("statement", "signatories", "api:signatories", "api:counts", "embed"):
        assert client.get(reverse(name, args=[statement.slug])).status_code == 404


def test_who_signs_as_a_convener_sees_the_faults_of_the_form(client):
    convener = convener_of(StatementFactory(state="circulating"))
    answer = client.post(link_of(convener, "draft-sign"), typed(email=""))
    assert answer.status_code == 422
    assert "Enter your e-mail address." in answer.content.decode()


@pytest.mark.parametrize("state", ["draft", "closed", "delivered", "withdrawn"])
def test_a_convener_s_link_signs_only_while_it_circulates_or_is_open(state):
    convener = convener_of(StatementFactory())
    Statement.objects.filter(pk=convener.statement_id).update(state=state)
    convener.refresh_from_db()
    with pytest.raises(signing.NotOpen):
        convening.sign(convener, language="en", organization_name="A", email="a@secret.example")
    assert not SignOn.objects.exists()


def test_the_private_link_is_mailed_only_while_it_shows_something():
    convener = convener_of(StatementFactory(state="draft"))
    assert not convening.send_link(convener)
    organizing.circulate(convener.statement, by=UserFactory())
    assert convening.send_link(convener)
    assert convening.send_link(convener)
    assert Message.objects.filter(kind="draft", to_address=convener.email).count() == 2


def test_a_new_address_gets_a_new_link_and_what_waits_for_the_old_one_is_not_sent(client):
    convener = convener_of(StatementFactory(state="circulating"))
    convening.send_link(convener)
    old = link_of(convener)
    convening.change(convener, by=UserFactory(), email="new@secret.example")
    assert client.get(old).status_code == 404
    assert client.get(link_of(convener)).status_code == 200
    assert Message.objects.get(kind="draft").state == "canceled"


def test_a_change_of_conveners_stands_in_the_ledger():
    convener = convener_of(StatementFactory())
    convening.remove(convener, by=UserFactory())
    facts = LedgerEntry.objects.filter(act="convened").order_by("number").values_list("facts", flat=True)
    assert list(facts) == [{"added": convener.pk}, {"removed": convener.pk}]


def test_a_sign_on_of_a_convener_s_organization_has_its_place_whatever_way_it_came():
    statement = StatementFactory()
    entry = accepted(organization_name="Zebra").organization
    convener_of(statement, "Zebra", organization=entry)
    made = SignOnFactory(statement=statement, organization_name="Zebra", confirmed=True)
    verifying.accept(made, by=UserFactory(), organization=entry)
    assert SignOn.objects.get(pk=made.pk).convener_place == 1


def test_a_draft_that_was_put_back_rests_on_all_pages_of_its_link(client):
    statement = StatementFactory(state="circulating")
    convener = convener_of(statement)
    assert client.get(link_of(convener, "draft-sent")).status_code == 200
    organizing.put_back(statement, by=UserFactory())
    for answer in (
        client.get(link_of(convener)),
        client.get(link_of(convener, "draft-sent")),
        client.post(link_of(convener, "draft-comment"), {"words": "No."}),
    ):
        assert answer.status_code == 410
        assert "Nothing to read at the moment" in answer.content.decode()
        assert statement.title not in answer.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.parametrize("state", ["closed", "delivered", "answered"])
def test_comments_end_with_closing_and_reading_does_not(client, state):
    statement = StatementFactory()
    convener = convener_of(statement)
    convening.comment(convener, "While it is open.", text=statement.text())
    Statement.objects.filter(pk=statement.pk).update(state=state)
    page = client.get(link_of(convener))
    assert page.status_code == 200
    assert "While it is open." in page.content.decode()
    assert 'name="words"' not in page.content.decode()
    assert "comments have ended" in page.content.decode()
    answer = client.post(link_of(convener, "draft-comment"), {"words": "Too late."})
    assert answer.status_code == 410
    assert "Comments have ended" in answer.content.decode()
    convener.refresh_from_db()
    with pytest.raises(convening.NotCirculating):
        convening.comment(convener, "Too late.", text=statement.text())
    assert Comment.objects.count() == 1
