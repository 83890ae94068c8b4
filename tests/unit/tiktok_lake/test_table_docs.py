from tests.support.docs import DOCS
from tiktok_lake.table_docs import page


def test_the_page_of_the_tables_is_as_the_tables_are() -> None:
    assert (DOCS / "tables.md").read_text() == page(), "make schema renews docs/tables.md"
