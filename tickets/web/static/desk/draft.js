// A form that is saved on the server as it is typed. When the session has ended meanwhile, what was
// typed stays in the page, its user signs in elsewhere, and it is saved and sent from here after all.

const PAUSE = 600; // milliseconds without a key

function csrfIs(token) {
  document.querySelector('meta[name="csrf-token"]').content = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": token }));
  for (const field of document.querySelectorAll('input[name="csrf"]')) {
    field.value = token;
  }
}

/** Whether the same person is signed in (again); their token is put into the page. */
async function isBack(login) {
  const answer = await fetch("/api/v1/session").catch(() => null);
  if (!answer?.ok) {
    return false;
  }
  const session = await answer.json();
  if (session.login !== login || !session.csrf) {
    return false;
  }
  csrfIs(session.csrf);
  return true;
}

class Saver {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector("[data-draft-state]");
    this.timer = 0;
    this.dirty = false;
    this.lost = false;
  }

  changed() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), PAUSE);
  }

  async save(again = true) {
    clearTimeout(this.timer);
    if (!this.dirty) {
      return true;
    }
    this.dirty = false;
    const body = new URLSearchParams(new FormData(this.form));
    const headers = { "HX-Request": "true" };
    const answer = await fetch(`/drafts/${this.form.dataset.draft}`, { method: "POST", body, headers, keepalive: true })
      .catch(() => null);
    if (answer?.ok) {
      this.lost = false;
      this.tell(`${this.form.dataset.saved} ${await answer.text()}`, false);
      return true;
    }
    this.dirty = true;
    const ended = answer?.status === 401 || answer?.status === 403;
    if (ended && again && (await isBack(this.form.dataset.login))) {
      return this.save(false);
    }
    this.lost = ended;
    this.tell(ended ? this.form.dataset.ended : this.form.dataset.unsaved, true, ended);
    return false;
  }

  tell(text, bad, ended = false) {
    this.state.textContent = text;
    this.state.classList.toggle("bad", bad);
    if (ended) {
      const link = Object.assign(document.createElement("a"), { href: "/sign-in", target: "_blank", rel: "noopener" });
      link.textContent = this.form.dataset.signIn;
      this.state.append(" ", link);
    }
  }

  /** What was typed last is on the server before the form goes. */
  async send(event) {
    if (!this.dirty) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await this.save()) {
      this.form.requestSubmit(event.submitter);
    }
  }
}

export function mount(form) {
  const saver = new Saver(form);
  form.addEventListener("input", () => saver.changed());
  // A text that was put in by a choice is no key of the person's.
  form.addEventListener("inserted", () => saver.changed());
  document.addEventListener("submit", (event) => event.target === form && void saver.send(event), true);
  document.addEventListener("visibilitychange", () => {
    if (!form.isConnected) {
      return;
    }
    if (document.visibilityState === "hidden" || saver.lost) {
      void saver.save();
    }
  });
  globalThis.addEventListener("focus", () => form.isConnected && saver.lost && void saver.save());
}
