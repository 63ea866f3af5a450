// What the phone says, Indonesian first.

export const WORDS = {
  id: {
    title: "Telepon",
    off: "Telepon belum tersambung",
    connecting: "Menyambungkan telepon…",
    ready: "Telepon siap",
    lost: "Sambungan terputus, sedang dicoba lagi…",
    refused: "Telepon dipakai di jendela lain, atau izinnya berakhir",
    ringing: "Telepon masuk dari {who}",
    dialling: "Menghubungi {who}…",
    talking: "Berbicara dengan {who}",
    held: "{who} menunggu dengan musik",
    muted: "Mikrofon mati",
    unmuted: "Mikrofon hidup",
    ended: "Panggilan selesai",
    missed: "Panggilan tidak diterima",
    transferred: "Penelepon diteruskan ke {who}",
    "not-transferred": "Tidak bisa diteruskan ke {who}",
    "no-microphone": "Mikrofon tidak boleh dipakai: izinkan di peramban",
    "no-key": "Telepon tidak bisa disambungkan: coba lagi sebentar",
    unknown: "nomor tersembunyi",
    connect: "Sambungkan telepon",
    disconnect: "Lepaskan telepon",
    answer: "Jawab",
    refuse: "Tolak",
    hangup: "Tutup",
    hold: "Tahan",
    mute: "Bisukan",
    keypad: "Tombol angka",
    "transfer-to": "Teruskan ke antrean atau petugas",
    transfer: "Teruskan",
    "dial-what": "Nomor atau kode",
    dial: "Hubungi",
    devices: "Mikrofon dan pengeras suara",
    microphone: "Mikrofon",
    speaker: "Pengeras suara",
    usual: "Bawaan sistem",
    "level-in": "Suara Anda",
    "level-out": "Suara penelepon",
    "level-line": "Suara layanan",
    "call-line": "Telepon 1500587 dari halaman ini",
    "caller-title": "Coba menelepon",
    "caller-how":
      "Demo: dari sini Anda adalah penelepon, dan petugas menjawab di halaman ini juga. Dengan penyuara telinga suara tidak berputar.",
    "caller-off": "Belum menelepon",
    "no-line": "Saluran tidak bisa dihubungi: coba lagi sebentar",
  },
  en: {
    title: "Phone",
    off: "The phone is not connected",
    connecting: "Connecting the phone…",
    ready: "The phone is ready",
    lost: "Connection lost, trying again…",
    refused: "The phone is in use in another window, or its time is over",
    ringing: "Call from {who}",
    dialling: "Calling {who}…",
    talking: "Talking with {who}",
    held: "{who} waits with music",
    muted: "Microphone off",
    unmuted: "Microphone on",
    ended: "The call is over",
    missed: "The call was not answered",
    transferred: "The caller was sent on to {who}",
    "not-transferred": "Cannot be sent on to {who}",
    "no-microphone": "The microphone may not be used: allow it in the browser",
    "no-key": "The phone cannot be connected: try again in a moment",
    unknown: "hidden number",
    connect: "Connect the phone",
    disconnect: "Disconnect the phone",
    answer: "Answer",
    refuse: "Refuse",
    hangup: "Hang up",
    hold: "Hold",
    mute: "Mute",
    keypad: "Keypad",
    "transfer-to": "Send on to a queue or an agent",
    transfer: "Send on",
    "dial-what": "Number or code",
    dial: "Call",
    devices: "Microphone and loudspeaker",
    microphone: "Microphone",
    speaker: "Loudspeaker",
    usual: "The system's own",
    "level-in": "Your voice",
    "level-out": "The caller's voice",
    "level-line": "The line's voice",
    "call-line": "Call 1500587 from this page",
    "caller-title": "Try a call",
    "caller-how":
      "Demo: here you are the caller, and an agent answers on a page such as this one. With headphones nothing echoes.",
    "caller-off": "Not calling",
    "no-line": "The line cannot be reached: try again in a moment",
  },
};

/** The sentence of that name in the page's language. */
export function word(name, who = "") {
  const language = document.documentElement.lang.startsWith("en") ? "en" : "id";
  return (WORDS[language][name] ?? name).replace("{who}", who);
}

/** Fill in every `data-word` below an element; what the server wrote is Indonesian already. */
export function translate(root) {
  for (const element of root.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
}
