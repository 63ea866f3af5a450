// The agent's phone in the page. Include templates/softphone.html and this module; docs/softphone.md.
//
// Events on the element, for the page around it: `softphone:state` (a state of line.js), and
// `softphone:ringing`, `softphone:answered`, `softphone:ended`, with detail `{name, number}`.
// It listens to `softphone:dial` with detail `{target}`.

import { Devices } from "./devices.js";
import { Line } from "./line.js";
import { Panel } from "./panel.js";
import { Ring, sound } from "./sound.js";
import { translate, word } from "./words.js";

/** In this tab alone: that the page was the phone when it went, for whom, and when. */
const LEFT = "saluran.phone.left";
/** Milliseconds within which a page that comes is the one that went. */
const BACK_WITHIN = 60_000;

class Softphone {
  constructor(root) {
    this.root = root;
    this.panel = new Panel(root);
    this.ring = new Ring();
    const part = (name) => this.panel.part(name);
    this.devices = new Devices(
      { microphone: part("microphone"), speaker: part("speaker") },
      part("audio"),
    );
    this.line = new Line(() => this._lend(), () => this.devices.microphone);
    this.line.addEventListener("state", ({ detail }) => this._state(detail));
    this.line.addEventListener("ringing", ({ detail }) => this._ringing(detail));
    this.line.addEventListener("dialled", ({ detail }) => this._take(detail, "dialling"));
    this.panel.on("connect", "click", () => this.connect());
    this.panel.on("disconnect", "click", () => this.line.disconnect());
    this.panel.on("dial", "submit", (event) => {
      event.preventDefault();
      this.line.dial(event.target.elements.target.value);
    });
    this.panel.on("microphone", "change", () => this._otherMicrophone());
    root.addEventListener("softphone:dial", ({ detail }) => this.line.dial(detail.target));
    addEventListener("pagehide", () => this._leave());
    addEventListener("pageshow", () => this._comeBack());
    addEventListener("beforeunload", (event) => {
      if (this.line.talk?.answered) {
        event.preventDefault();
      }
    });
  }

  /** On a click, for only then a browser lets a page ring, notify and listen. */
  async connect() {
    sound();
    if (globalThis.Notification?.permission === "default") {
      Notification.requestPermission();
    }
    try {
      await this.devices.allow();
    } catch {
      this.panel.say("no-microphone");
      return;
    }
    await this.line.connect().catch(() => this.panel.say("no-key"));
  }

  /** The page goes: a talk ends, for its sound ends with it. */
  _leave() {
    if (["connecting", "ready", "lost"].includes(this.line.state)) {
      sessionStorage.setItem(LEFT, `${signedIn()} ${Date.now()}`);
    }
    this.line.disconnect();
  }

  /** A page that was loaded anew is the phone again, where the browser listens without asking.
   *  What is left is taken away by the first who reads it: a tab's copy takes nobody's phone. */
  async _comeBack() {
    const [who, when] = (sessionStorage.getItem(LEFT) ?? "").split(" ");
    sessionStorage.removeItem(LEFT);
    if (!when || who !== signedIn() || Date.now() - Number(when) > BACK_WITHIN) {
      return;
    }
    const asked = await navigator.permissions?.query({ name: "microphone" }).catch(() => null);
    if (asked?.state === "granted" && this.line.state === "off") {
      // The ring is heard from the first click or key on.
      for (const touch of ["pointerdown", "keydown"]) {
        addEventListener(touch, sound, { once: true });
      }
      await this.connect();
    }
  }

  async _lend() {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    const answer = await fetch(this.root.dataset.keyUrl, {
      method: "POST",
      credentials: "same-origin",
      headers: token ? { "X-CSRF-Token": token } : {},
    });
    if (!answer.ok) {
      throw new Error(`${answer.status}`);
    }
    const { targets = [], ...key } = await answer.json();
    this.panel.part("targets").replaceChildren(
      ...targets.map(({ value, label }) => new Option(label, value)),
    );
    return key;
  }

  _state(state) {
    this.root.dataset.state = state;
    this.panel.part("connect").hidden = !["off", "refused"].includes(state);
    this._offer();
    // Without a connection only hanging up has a meaning.
    for (const name of ["hold", "transfer-to"]) {
      this.panel.part(name).disabled = state === "lost";
    }
    this.panel.say(state === "ready" && this.line.talk?.answered ? "talking" : state,
      this.line.talk ? this.panel.who : "");
    this._tell("state", state);
  }

  /** In a talk there is nothing to dial, and nothing to disconnect by mistake. */
  _offer() {
    const { state, talk } = this.line;
    this.panel.part("disconnect").hidden = Boolean(talk) || ["off", "refused"].includes(state);
    this.panel.part("dial").hidden = Boolean(talk) || state !== "ready";
  }

  _ringing(talk) {
    this._take(talk, "ringing");
    this.ring.start();
    this._notify();
    this._tell("ringing", talk.who);
  }

  _take(talk, said) {
    talk.addEventListener("answered", () => {
      this._quiet();
      this._tell("answered", talk.who);
    });
    talk.addEventListener("ended", () => {
      this._quiet();
      this._offer();
      this._tell("ended", talk.who);
    });
    this.panel.take(talk);
    this._offer();
    this.panel.say(said, this.panel.who);
    this.panel.part("alert").textContent = talk.incoming ? word("ringing", this.panel.who) : "";
    if (talk.incoming) {
      this.panel.part("answer").focus({ preventScroll: true });
    }
  }

  _notify() {
    if (globalThis.Notification?.permission !== "granted") {
      return;
    }
    this.notification = new Notification(word("title"), {
      body: word("ringing", this.panel.who),
      tag: "saluran-call",
      requireInteraction: true,
    });
    this.notification.addEventListener("click", () => {
      focus();
      this.panel.part("answer").focus();
    });
  }

  _quiet() {
    this.ring.stop();
    this.notification?.close();
    this.notification = null;
    this.panel.part("alert").textContent = "";
  }

  async _otherMicrophone() {
    if (this.line.talk?.answered) {
      await this.line.talk.speakInto(this.devices.microphone);
      this.panel.remeasure();
    }
  }

  _tell(what, detail) {
    this.root.dispatchEvent(new CustomEvent(`softphone:${what}`, { detail, bubbles: true }));
  }
}

/** Tells one sign-in from another, without saying whose it is. */
function signedIn() {
  return document.querySelector('meta[name="csrf-token"]')?.content.slice(0, 8) || "-";
}

for (const root of document.querySelectorAll("[data-softphone]")) {
  translate(root);
  root.softphone = new Softphone(root);
}
