// Times that go on by the second, from what the server says: this machine's clock may be wrong.

const began = new WeakMap();
let ticking = null;

function show() {
  for (const element of document.querySelectorAll("[data-waited]")) {
    if (!began.has(element)) {
      began.set(element, performance.now() - Number(element.dataset.waited) * 1000);
    }
    const seconds = Math.max(0, Math.round((performance.now() - began.get(element)) / 1000));
    const minutes = Math.floor(seconds / 60);
    const clock = `${String(minutes % 60).padStart(minutes < 60 ? 1 : 2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    element.textContent = minutes < 60 ? clock : `${Math.floor(minutes / 60)}:${clock}`;
  }
}

export function mount() {
  show();
  if (ticking === null) {
    ticking = setInterval(show, 1000);
    document.addEventListener("htmx:afterSwap", show);
  }
}
