// Times that go on: every `data-since` of the page, by the second.

let ticking = null;

function show() {
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(element.dataset.since)) / 1000));
    const minutes = Math.floor(seconds / 60);
    element.textContent = `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

export function mount() {
  show();
  ticking ??= setInterval(show, 1000);
}
