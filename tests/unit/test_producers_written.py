"""Producers as offices write them: amounts, codes, kinds of goods, cities, and what is no table."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from config.goods import goods
from config.regions import regions
from tickets.producers import kbli, matching, money, tables, written
from tickets.producers.given import SCHEMES

GOOD = {
    **{"nib": "1234567890123", "name": "Konveksi Contoh", "city": "Kota Bandung"},
    **{"kbli": "14111; 14131", "kbli_version": "2020", "products": "jaket; celana jin"},
    **{"schemes": "Reseller, titip jual", "price_from": "Rp 45.000", "price_to": "120,000"},
    **{"capacity": "1.200 potong", "curated_by": "Kemenperin", "packages": "5 juta; 2 juta"},
    **{"contact_phone": "0811-0000-0999", "contact_shared": "ya", "minimum_order": "2 lusin"},
}
HEAD = "NIB;Nama;Kota;KBLI;Versi KBLI;Produk;Skema;Harga dari;Harga sampai;Kapasitas;Kurator"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2 juta", 2_000_000),
        ("1,5 juta", 1_500_000),
        ("Rp2.000.000,-", 2_000_000),
        ("45.000,00", 45_000),
        ("45,000.50", 45_000),
        ("75rb", 75_000),
        ("45000", 45_000),
        ("", None),
        ("dua juta", None),
        ("1.00.0", None),
        ("9" * 30, None),
    ],
)
def test_an_amount_is_read_as_it_is_written(text: str, amount: int | None) -> None:
    assert money.rupiah(text) == amount


def test_of_a_range_the_upper_end_counts() -> None:
    assert money.most("5-10 juta") == 10_000_000
    assert money.most("2 atau 3 jt") == 3_000_000
    assert money.most("antara Rp 500.000 dan Rp 1.000.000") == 1_000_000
    assert money.most("belum tahu") is None


def test_a_code_of_the_classification_is_one_that_can_be() -> None:
    assert all(kbli.exists(code, 2020) for code in ("14111", "13134", "15201", "47711"))
    for wrong in ("14999", "04111", "34000", "1411", "141111", "1411a", "99999x", ""):
        assert not kbli.exists(wrong, 2020), wrong
    # The version of 2025 follows a newer ISIC, whose classes are not known here.
    assert kbli.exists("14999", 2025)


def test_kinds_are_known_by_peoples_own_words() -> None:
    assert goods().meant("Celana jin dan jaket anak, kaos-kaos") == ["jeans", "children", "tshirt"]
    assert goods().meant("mesin cuci") == []
    assert "trousers" in goods().near(["jeans"])
    assert "jeans" in goods().near(["trousers"])


def test_every_city_has_one_province_and_spellings_are_alike() -> None:
    assert len(regions().provinces) == 38
    for written_ in ("KAB. BANDUNG", "kota bandung", " Bandung ", "Gedebage"):
        city = regions().city(written_)
        assert city
        assert (city.name, city.province.name) == ("Bandung", "Jawa Barat")
    assert regions().city("Atlantis") is None
    bali = regions().province("Bali")
    assert bali
    assert bali.code == "51"


def test_a_row_is_read_whole() -> None:
    given, wrongs = written.read(GOOD)
    assert wrongs == []
    assert given is not None
    assert given.kbli == ("14111", "14131")
    assert given.schemes == ("reseller", "consignment")
    assert (given.price_from, given.price_to, given.capacity) == (45_000, 120_000, 1_200)
    assert given.packages == (2_000_000, 5_000_000)
    assert (given.minimum_order, given.contact_phone) == (24, "+6281100000999")
    assert (given.contact_shared, given.curated_by) == (True, "ikft")
    assert set(given.schemes) <= set(SCHEMES)


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("nib", "", "missing"),
        ("nib", "123", "nib"),
        ("nib", "1,23457E+12", "scientific"),
        ("name", '=HYPERLINK("http://x")', "formula"),
        ("name", "'=cmd|'/c calc'!A0", "formula"),
        ("brand", "@SUM(A1)", "formula"),
        ("name", "a\u0000b", "control"),
        ("name", "x" * 121, "too_long"),
        ("kbli", "14999", "kbli"),
        ("kbli_version", "2019", "kbli_version"),
        ("schemes", "tukar barang", "scheme"),
        ("price_from", "murah", "number"),
        ("price_from", "=1+1", "formula"),
        ("price_to", "10", "price_order"),
        ("capacity", "-5", "number"),
        ("capacity", "99999999999", "amount"),
        ("contact_phone", "telepon saja", "phone"),
        ("contact_shared", "mungkin", "yes_no"),
        ("catalogue", "javascript:alert(1)", "web"),
        ("curated_by", "tetangga", "curator"),
        ("products", "; ;", "missing"),
    ],
)
def test_a_mistake_is_named_with_its_field(field: str, text: str, code: str) -> None:
    given, wrongs = written.read(GOOD | {field: text})
    assert given is None
    assert [(one.field, one.code) for one in wrongs] == [(field, code)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_table_is_read_in_every_encoding_and_separator(encoding: str, separator: str) -> None:
    text = f'nib{separator}nama\r\n1{separator}Café é\r\n\r\n2{separator}"a{separator}b"\r\n'
    table = tables.read(text.encode(encoding))
    assert table.rows == [(2, ["1", "Café é"]), (4, ["2", f"a{separator}b"])]
    assert table.cut_at == 0
    assert tables.unpacked(table.packed()) == table


def test_a_table_that_breaks_off_says_where() -> None:
    whole = f"{HEAD}\n" + "1;a;b;c;d;e;f;g;h;i;j\n" * 3
    assert tables.read(whole[:-1].encode()).cut_at == 0
    broken = tables.read(whole[:-8].encode())
    assert (len(broken.rows), broken.cut_at) == (2, 4)
    in_quotes = tables.read((whole + '2;"tidak ditutup').encode())
    assert (len(in_quotes.rows), in_quotes.cut_at) == (3, 5)
    amid_a_letter = tables.read((whole + "2;é").encode()[:-1])
    assert (amid_a_letter.encoding, amid_a_letter.cut_at) == ("UTF-8", 5)


def workbook(*rows: tuple[str | float | None, ...]) -> bytes:
    book = Workbook()
    sheet = book.create_sheet(index=0)
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_without_computing_it() -> None:
    content = workbook(
        ("NIB", "Nama", "Harga"),
        (1234567890123, '=HYPERLINK("http://x";"y")', 45000.0),
        (None, None, None),
        ("x", None, None),
    )
    table = tables.read(content)
    assert table.rows == [
        (2, ["1234567890123", '=HYPERLINK("http://x";"y")', "45000"]),
        (4, ["x", "", ""]),
    ]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/workbook.xml", "w") as part:
            for _ in range(201):
                part.write(bytes(1024 * 1024))
    return out.getvalue()


def entities() -> bytes:
    """A workbook whose sheet would grow a thousandfold by entities (billion laughs)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(("NIB",), ("1",)))) as source,
        zipfile.ZipFile(out, "w") as archive,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet'
                content = content.replace(b"<worksheet", laughs, 1)
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no_table"),
        (b"   \n\n", "no_table"),
        (b"a,b\n\x00\x00", "no_table"),
        (b"\xff\xfe\x00", "encoding"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        (workbook(("NIB",), ("1",))[:-300], "damaged"),
        (b"PK\x03\x04 no archive", "damaged"),
        (bomb(), "too_large"),
        (entities(), "damaged"),
        (b"nib\n" + b"1\n" * (tables.MOST_ROWS + 1), "too_many"),
        (b"nib," * 200 + b"\n", "no_table"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(tables.Unreadable) as refused:
        tables.read(content)
    assert refused.value.why == why


def test_a_ticket_is_understood_in_its_callers_words() -> None:
    fields = {"city": "Kab. Bandung", "kind": "jaket bekas", "capital": "2-5 juta"}
    wish = matching.wish_of(fields | {"scheme": "titip jual"})
    assert (wish.kinds, wish.scheme, wish.capital) == (("jacket",), "consignment", 5_000_000)
    assert (wish.city, wish.province) == ("Bandung", "32")
    assert matching.may_wish("GANTI", {})
    assert matching.may_wish("STOK", {"wish": "replace"})
    assert matching.may_wish("STOK", {"wish": "ingin ganti dagangan"})
    assert not matching.may_wish("STOK", {"wish": "berhenti"})
    assert not matching.may_wish("LATIH", {})
