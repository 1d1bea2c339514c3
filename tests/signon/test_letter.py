"""Letter packs."""

import pytest

from signon import letter
from signon.models import LetterPack
from tests.factories import StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


def test_try():
    statement = StatementFactory()
    for n, name in enumerate(["Hội Phụ nữ Việt Nam", "Женщины мира", "منظمة المرأة العربية", "महिला संगठन", "#evil() $x$", "தமிழ்", "নারী", "İstanbul Kadın Örgütü", "עמותת נשים"]*3):
        accepted(statement=statement, organization_name=f"{name} {n}", country=["KE","MX","VN","JO"][n%4])
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    letter.make(pack)
    for f in pack.files.all():
        open(f"/tmp/letter.{f.kind}","wb").write(letter.fetch(f, by=UserFactory()).read())
    print(pack.manifest[:600], pack.remark)
