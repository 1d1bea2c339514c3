import os, time
from pathlib import Path
import pytest
from campaigns.models import Statement, RevisionText
from signon import demo, letter
from signon.models import SignOn
from tests.factories import StatementFactory, UserFactory, accepted
pytestmark = pytest.mark.django_db

def save(pack, name):
    for f in pack.files.all():
        with letter.fetch(f, by=UserFactory()) as o:
            Path(f"/tmp/{name}.{f.kind}").write_bytes(o.read())
    print(name, pack.remark, pack.digest)

def test_look():
    demo.load()
    st = Statement.objects.get(slug="saving-lives-2020")
    pack = letter.order(st, by=UserFactory(), text=st.text(), letterhead="Women in Migration Network\nc/o a house, 12 Street, Geneva\ncontact@network.example")
    t=time.time(); letter.make(pack); print("made in", time.time()-t)
    save(pack, "saving")
    t=time.time(); p2 = letter.order(st, by=UserFactory(), text=st.text(), grouping="alphabet", layout="paragraphs"); letter.make(p2); print("made in", time.time()-t)
    save(p2, "paras")
    p2 = letter.order(st, by=UserFactory(), text=st.text(), grouping="region"); letter.make(p2)
    save(p2, "region")
    st = Statement.objects.get(slug="initial-elements-2016")
    for n, name in enumerate(["Hội Phụ nữ Việt Nam", "Женщины мира", "منظمة المرأة العربية", "महिला संगठन", "#evil() $x$", "தமிழ்", "নারী", "İstanbul Kadın Örgütü", "עמותת נשים"]):
        accepted(statement=st, organization_name=f"{name}", country=["KE","MX","VN","JO"][n%4], representative_name="Asha Rao", representative_title="Director")
    pack = letter.order(st, by=UserFactory(), text=st.text(), with_representatives=True); letter.make(pack); save(pack, "elements")
    body = """نرحب بمبادرة الأمين العام.[^1] وندعو الدول إلى *رفض* هذه الثنائية.

1. لجميع المهاجرين جميع حقوق الإنسان. نحث الدول التي لم تصادق بعد على القانون الدولي لحقوق الإنسان أن تفعل ذلك في عام 2016.
2. إنهاء الاحتجاز.

[^1]: الإعلان العالمي لحقوق الإنسان، المادة 2.
"""
    ar = RevisionText(revision=st.revision, language="ar"); ar.write(title="عناصر أولية للوثيقة الختامية", body=body)
    pack = letter.order(st, by=UserFactory(), text=ar); letter.make(pack); save(pack, "arabic")
    try:
        from tests.signon.test_look2 import BODY
    except ImportError:
        BODY = Path("/tmp/src.md").read_text()
    t2 = RevisionText(revision=st.revision, language="fr"); t2.write(title="Tous les éléments", body=BODY)
    accepted(statement=st, organization_name="国际移民 Center", country="CN")
    pack = letter.order(st, by=UserFactory(), text=t2); letter.make(pack); save(pack, "all")
