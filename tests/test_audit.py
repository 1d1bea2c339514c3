"""What `make audit` makes of the advisories' answer."""

from tests.audit import told

GOOD = {"name": "amqp", "version": "5.4.2", "vulns": []}
BAD = {"name": "nh3", "version": "0.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["0.2"]}]}
UNKNOWN = {"name": "typst", "skip_reason": "not found"}


def test_a_known_fault_is_named_with_the_version_that_mends_it():
    assert told([GOOD, BAD]) == (["nh3 0.1: PYSEC-1, mended in 0.2"], "")


def test_what_could_not_be_asked_is_said():
    assert told([GOOD]) == ([], "")
    assert told([GOOD, UNKNOWN]) == ([], "Not found among the advisories: typst.")
    unreachable = "No advisory source is reachable: the locked packages were not looked up."
    assert told([UNKNOWN]) == told([]) == ([], unreachable)
