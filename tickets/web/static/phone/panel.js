// A talk on the page: its buttons, its state in words, its levels. Shared by agent and demo caller.

import { Meter } from "./sound.js";
import { word } from "./words.js";

/** Milliseconds between two looks at the levels. */
const LEVELS_EVERY = 100;
const SHORTCUTS = { KeyA: "answer", KeyE: "hangup", KeyH: "hold", KeyM: "mute" };

export class Panel {
  constructor(root) {
    this.root = root;
    this.talk = null;
    this._meters = {};
    this.on("answer", "click", () => this.talk?.answer());
    this.on("hangup", "click", () => this.talk?.hangUp());
    this.on("hold", "click", () => this.talk?.hold(!this.talk.held));
    this.on("mute", "click", () => this.talk?.mute(!this.talk.muted));
    this.on("transfer", "submit", (event) => {
      event.preventDefault();
      this.talk?.transfer(event.target.elements.target.value);
    });
    this.part("keypad")?.addEventListener("click", ({ target }) => {
      if (target.dataset.key) {
        this.talk?.key(target.dataset.key);
      }
    });
    document.addEventListener("keydown", (event) => this._shortcut(event));
  }

  part(name) {
    return this.root.querySelector(`[data-phone="${name}"]`);
  }

  on(name, event, work) {
    this.part(name)?.addEventListener(event, work);
  }

  /** Say it on the page, where a screen reader reads it out. */
  say(name, who = "") {
    this.part("status").textContent = word(name, who);
  }

  /** The other side, as it is shown and spoken. */
  get who() {
    const { name, number } = this.talk.who;
    return [name, number].filter(Boolean).join(", ") || word("unknown");
  }

  take(talk) {
    this.talk = talk;
    this.part("audio").srcObject = null;
    this.root.dataset.talk = talk.incoming ? "ringing" : "dialling";
    talk.addEventListener("answered", () => this._answered());
    talk.addEventListener("changed", () => this._changed());
    talk.addEventListener("ended", ({ detail }) => this._ended(detail));
    for (const how of ["transferred", "not-transferred"]) {
      talk.addEventListener(how, ({ detail }) => this.say(how, detail));
    }
    this._show();
  }

  _answered() {
    this.root.dataset.talk = "talking";
    this.part("audio").srcObject = new MediaStream([this.talk.remoteTrack]);
    this._measure();
    this.say("talking", this.who);
    this._show();
  }

  _changed() {
    const { held, muted } = this.talk;
    const before = this.root.dataset;
    if (held !== (before.held === "true")) {
      this.say(held ? "held" : "talking", this.who);
    } else if (muted !== (before.muted === "true")) {
      this.say(muted ? "muted" : "unmuted");
    }
    this._show();
  }

  _ended({ answered, denied }) {
    this.talk = null;
    this.part("audio").srcObject = null;
    this._forget();
    delete this.root.dataset.talk;
    this.say(denied ? "no-microphone" : answered ? "ended" : "missed");
    this._show();
  }

  _show() {
    const { talk } = this;
    const ringing = Boolean(talk?.incoming && !talk.answered);
    const talking = Boolean(talk?.answered);
    this.root.dataset.held = String(Boolean(talking && talk.held));
    this.root.dataset.muted = String(Boolean(talking && talk.muted));
    this.part("talk").hidden = !talk;
    this.part("who").textContent = talk ? this.who : "";
    const answer = this.part("answer");
    if (answer) {
      answer.hidden = !ringing;
      this.part("hangup").textContent = word(ringing ? "refuse" : "hangup");
    }
    for (const name of ["hold", "mute", "keypad", "transfer", "levels"]) {
      const part = this.part(name);
      if (part) {
        part.hidden = !talking;
      }
    }
    this.part("hold")?.setAttribute("aria-pressed", this.root.dataset.held);
    this.part("mute")?.setAttribute("aria-pressed", this.root.dataset.muted);
  }

  _measure() {
    const tracks = { "level-in": this.talk.microphoneTrack, "level-out": this.talk.remoteTrack };
    for (const [name, track] of Object.entries(tracks)) {
      if (track && this.part(name)) {
        this._meters[name] = new Meter(track);
      }
    }
    this._levels = setInterval(() => {
      for (const [name, meter] of Object.entries(this._meters)) {
        this.part(name).value = meter.level;
      }
    }, LEVELS_EVERY);
  }

  /** Another microphone was plugged in. */
  remeasure() {
    this._forget();
    this._measure();
  }

  _forget() {
    clearInterval(this._levels);
    for (const [name, meter] of Object.entries(this._meters)) {
      meter.close();
      this.part(name).value = 0;
    }
    this._meters = {};
  }

  /** Alt and Shift with a letter, as `aria-keyshortcuts` says; never a letter alone, and not for the
   *  demo's caller on the same page, whose buttons have none. */
  _shortcut(event) {
    const name = event.altKey && event.shiftKey && this.talk && SHORTCUTS[event.code];
    const button = name && this.part(name);
    if (button?.ariaKeyShortcuts && !button.hidden && !button.disabled) {
      event.preventDefault();
      button.click();
    }
  }
}
