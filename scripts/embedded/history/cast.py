"""Who calls in the demo's history, and what about."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

PEOPLE = 120
GIVEN = (
    *("Adi", "Ayu", "Bayu", "Citra", "Dian", "Eka", "Fajar", "Gita", "Hadi", "Indah", "Joko"),
    *("Kartika", "Lukman", "Mega", "Nanda", "Oka", "Putri", "Rizal", "Santi", "Tono", "Umi"),
    *("Vina", "Wati", "Yusuf"),
)
PLACES = ("Bandung", "Medan", "Surabaya", "Makassar", "Pontianak", "Batam", "Semarang", "Denpasar")
MARKETS = ("Pasar Contoh Lama", "Pasar Contoh Baru", "Pasar Rekaan")


@dataclass(frozen=True, slots=True)
class Caller:
    name: str
    phone: str
    city: str
    language: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way through the menu: each step with the key that leads on, then the queue's step."""

    keys: tuple[tuple[str, str], ...]
    step: str
    queue: str
    often: int


WAYS: Mapping[str, Way] = {
    "GANTI": Way((("main", "1"), ("products", "1")), "producers", "produsen", 28),
    "STOK": Way((("main", "2"), ("stock", "2")), "producers", "produsen", 12),
    "DARING": Way((("main", "3"), ("complaints", "1")), "complaint", "pengaduan", 10),
    "SELUNDUP": Way((("main", "3"), ("complaints", "2")), "complaint", "pengaduan", 5),
    "TERTIB": Way((("main", "3"), ("complaints", "3")), "complaint", "pengaduan", 6),
    "LAYANAN": Way((("main", "3"), ("complaints", "4")), "complaint", "pengaduan", 4),
    "LATIH": Way((("main", "4"), ("training", "1")), "operator", "umum", 10),
    "KUR": Way((("main", "4"), ("training", "2")), "operator", "umum", 6),
    "UMUM": Way((("main", "0"),), "operator", "umum", 5),
    "INFO": Way((("main", "2"), ("stock", "1")), "stock-rule", "", 14),
}
"""By category; INFO's callers hear the rule, and ask nobody."""

COMMENTS = (
    "Contoh: penelepon meminta daftar produsen lokal, sudah dibacakan.",
    "Contoh: akan mengirim foto barang besok pagi.",
    "Contoh: sudah dihubungi, menunggu jawaban dari instansi terkait.",
    "Contoh: nomor kedua bisa dihubungi setelah pukul 14.00.",
    "Contoh: pedagang ingin mencoba lima paket dahulu.",
)
TAGS = ("contoh", "prioritas", "minta-kunjungan", "pasar-malam")


def caller(number: int) -> Caller:
    """The same number is the same person in every demo."""
    given, place = GIVEN[number % len(GIVEN)], PLACES[number % len(PLACES)]
    middle = GIVEN[(number // len(GIVEN) * 7 + number + 5) % len(GIVEN)]
    language = "en" if number % 17 == 3 else "id"
    return Caller(f"{given} {middle} Contoh", f"+6281100000{number:03d}", place, language)


def fields(category: str, who: Caller, random: Random) -> dict[str, str]:
    """What an officer wrote down of the call, as `tickets.ticket_form` names it."""
    trade = {
        "city": who.city,
        "market": random.choice(MARKETS),
        "kind": random.choice(("jaket", "celana jin", "pakaian anak", "kaus", "sepatu")),
    }
    match category:
        case "GANTI":
            return trade | {
                "selling": random.choice(("kios", "lapak", "daring")),
                "scheme": random.choice(("reseller", "wholesale", "consignment")),
                "capital": random.choice(("2 juta", "5 juta", "10 juta")),
                "wish": "mengganti dagangan dengan produk lokal",
            }
        case "STOK":
            return trade | {"amount": str(random.randint(2, 40)), "unit": "bal", "wish": "replace"}
        case "DARING":
            return {
                "platform": random.choice(("lokapasar contoh", "media sosial contoh")),
                "account": f"akun-contoh-{random.randint(10, 99)}",
            }
        case "SELUNDUP":
            return {"place": "gudang contoh", "time": "malam hari", "account": "laporan rekaan"}
        case "TERTIB":
            return {"agency": "dinas contoh", "date": "pekan lalu", "goods": trade["kind"]}
        case "LAYANAN":
            return {"account": "menunggu terlalu lama di telepon (contoh)"}
        case "LATIH":
            return {"city": who.city, "topic": random.choice(("menjahit", "berjualan daring"))}
        case "KUR":
            return {"city": who.city, "capital": random.choice(("10 juta", "25 juta"))}
        case _:
            return {"question": "bagaimana cara ikut program ini? (contoh)"}
