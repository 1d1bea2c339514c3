"""The whole path in Chromium with the real worker, SMTP and mail: sign, read the mail, confirm, verify, export."""

import csv
import io
from pathlib import Path

from playwright.sync_api import expect

from tests.smtp import links
from tests.stack import wait_for

STATEMENT = "/statements/initial-elements-2016/"


def test_a_signature_goes_from_the_form_to_the_csv_row(stack, page):
    # An organization signs
    page.goto(stack.url + STATEMENT)
    page.locator("#id_organization_name").fill("Red de Mujeres Migrants")
    page.locator("#id_acronym").fill("RMM")
    page.locator("#id_organization_type").select_option("network")
    page.locator("select[name=country]").select_option("MX", force=True)
    page.locator("#id_website").fill("redmujeres.example")
    page.locator("#id_representative_name").fill("Ana López")
    page.locator("#id_representative_title").fill("Coordinator")
    page.locator("#id_email").fill("ana@redmujeres.example")
    page.locator("#id_authorized").check()
    page.locator("#id_consent_publish").check()
    page.locator("#sign-on-form button[type=submit]").click()
    page.wait_for_url("**/sign/sent/")

    # Its representative reads the mail, finds a mistake, corrects it in the form, and confirms
    mail = wait_for(lambda: stack.mail.to("ana@redmujeres.example"), 60, "the verification mail")[0]
    assert "Initial Elements" in mail["Subject"]
    mailed = next(link for link in links(mail) if "/confirm/" in link)
    page.goto(mailed)
    page.get_by_role("button", name="Correct it in the form").click()
    expect(page.locator("#id_organization_name")).to_have_value("Red de Mujeres Migrants")
    page.locator("#id_organization_name").fill("Red de Mujeres Migrantes")
    page.locator("#sign-on-form button[type=submit]").click()
    page.wait_for_url("**/sign-ons/confirm/**")
    expect(page.get_by_text("Red de Mujeres Migrantes").first).to_be_visible()
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state()
    assert stack.query("SELECT state FROM signon_signon WHERE email = 'ana@redmujeres.example'") == [("confirmed",)]
    assert "Red de Mujeres" not in stack.get(STATEMENT).text

    # An admin verifies
    password = stack.manage("make_staff", "staff@network.example", "administrator").split("Password: ")[1].strip()
    page.goto(f"{stack.url}/desk/")
    page.locator("input[name=login]").fill("staff@network.example")
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")
    page.get_by_role("link", name="Begin with the oldest").click()
    page.get_by_role("heading", name="Red de Mujeres Migrantes (RMM)").wait_for()
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("Accepted: “Red de Mujeres Migrantes (RMM)”.").wait_for()

    # The public sees the list
    public = stack.get(STATEMENT).text
    assert "Red de Mujeres Migrantes (RMM)" in public
    assert "ana@redmujeres.example" not in public
    assert "Ana López" not in public

    # Staff download the CSV
    page.goto(f"{stack.url}/admin/signon/signon/export/?state__exact=accepted")
    page.locator("select[name=format]").select_option(label="csv")
    page.locator("input[name$=_email]").check()
    with page.expect_download() as download:
        page.locator("input[type=submit]").first.click()
    written = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(written)) if row["acronym"] == "RMM"]
    assert [(row["organization"], row["country"], row["email"]) for row in rows] == [
        ("Red de Mujeres Migrantes", "MX", "ana@redmujeres.example")
    ]
    assert stack.manage("verify_ledger", "initial-elements-2016") == "1 chains are intact.\n"
