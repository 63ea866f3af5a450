"""What the imitation's pages say, in both languages."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Tiruan WhatsApp", "Imitation of WhatsApp"),
    "what": (
        "Tiruan di komputer ini; tidak ada pesan yang keluar. Menulislah sebagai pedagang.",
        "An imitation on this machine; no message leaves it. Write as a trader.",
    ),
    "traders": ("Pedagang", "Traders"),
    "nobody": ("Belum ada. Tambahkan satu.", "Nobody yet. Add one."),
    "add": ("Tambah pedagang", "Add a trader"),
    "name": ("Nama", "Name"),
    "phone": ("Nomor telepon", "Telephone number"),
    "message": ("Pesan", "Message"),
    "send": ("Kirim", "Send"),
    "file": ("Gambar, suara, atau dokumen", "Picture, voice or document"),
    "send_file": ("Kirim berkas", "Send the file"),
    "empty": ("Tulis pesan pertama.", "Write the first message."),
    "on": ("Ponsel menyala", "The phone is on"),
    "off": ("Ponsel mati", "The phone is off"),
    "switch_on": ("Nyalakan ponsel", "Switch the phone on"),
    "switch_off": ("Matikan ponsel", "Switch the phone off"),
    "read": ("Baca semua", "Read all"),
    "faults": ("Gangguan", "Faults"),
    "faults_why": (
        "Gangguan yang didokumentasikan untuk Cloud API. Angka berlaku untuk sekian berikutnya.",
        "Faults that are documented for the Cloud API. Numbers are of the next so many.",
    ),
    "save": ("Terapkan", "Apply"),
    "back": ("Semua pedagang", "All traders"),
    "other": ("English", "Bahasa Indonesia"),
    "away": ("Meja tidak menerima pesan.", "The desk does not take messages."),
    "refused": ("Nomor tidak dapat dipakai.", "The number cannot be used."),
    "hotline": ("Saluran", "Hotline"),
    "sent": ("terkirim", "sent"),
    "delivered": ("sampai", "delivered"),
    "seen": ("dibaca", "read"),
    "fault.bad_signature": ("Tanda tangan palsu dahulu", "A forged signature first"),
    "fault.duplicate": ("Setiap webhook dua kali", "Each webhook twice"),
    "fault.hold": (
        "Tahan webhook; setelah dilepas yang terbaru datang dahulu",
        "Hold webhooks; once let go the newest comes first",
    ),
    "fault.delay": ("Terlambat (detik)", "Late (seconds)"),
    "fault.hide_phone": ("Tanpa nomor, hanya BSUID", "No number, the BSUID alone"),
    "fault.skip_delivered": ("Lewati status sampai", "Skip the status delivered"),
    "fault.away": ("API menjawab 503", "The API answers 503"),
    "fault.cut": ("Dikirim, lalu sambungan putus", "Sent, then the connection is cut"),
    "fault.errors": (
        "Tolak dengan kode (131056, 130429 …)",
        "Refuse with codes (131056, 130429 …)",
    ),
    "fault.media_expired": ("Id media kedaluwarsa (7 hari)", "Media ids expired (7 days)"),
    "fault.link_expired": ("Alamat unduhan kedaluwarsa (5 menit)", "Download expired (5 minutes)"),
}
LANGUAGES = ("id", "en")


def word(language: str, key: str) -> str:
    return WORDS[key][LANGUAGES.index(language)]
