// The agent's line: registered with the PBX over a WebSocket, and again after every cut.
//
// A line is in one of these states, told by the event `state`:
//   off         not asked for
//   connecting  on the way for the first time
//   ready       registered: calls ring here
//   lost        the connection was cut; tried again with growing pauses
//   refused     the key is not taken (any more): another page has the phone, or the agent was removed
// The event `ringing` and `dialled` bring a `Talk`.

import JsSIP from "../vendor/jssip.js";
import { Talk } from "./talk.js";

/** Seconds between two attempts, the first and the longest; between them it doubles, with chance. */
const AGAIN = { first: 1, longest: 15 };
/** Seconds that a registration holds: so long at most the PBX rings a page that is gone. */
const REGISTRATION = 60;
/** Milliseconds until a key that was just lent must be known to the PBX. */
const SPREADS = 10_000;

export class Line extends EventTarget {
  /** @param {() => Promise<object>} lend asks the server for a key: web_socket, extension, realm,
   *  ha1, until (ISO 8601). */
  constructor(lend, microphone) {
    super();
    this.state = "off";
    this.talk = null;
    this._lend = lend;
    this._microphone = microphone;
    this._agent = null;
    this._lentAt = 0;
    this._wasLost = false;
  }

  /** Get a key and register. Rejects when the server lends none. */
  async connect() {
    await this.disconnect();
    this._become("connecting");
    try {
      this._key = await this._lend();
    } catch (error) {
      this._become("off");
      throw error;
    }
    this._lentAt = Date.now();
    this._start();
  }

  /** Unregister; a talk is hung up. */
  async disconnect() {
    const agent = this._agent;
    this._agent = null;
    clearTimeout(this._retry);
    if (agent) {
      agent.removeAllListeners();
      agent.stop();
    }
    this._become("off");
  }

  /** Call a number or a feature code. */
  dial(target) {
    const wanted = target.replace(/[^0-9*#+]/g, "");
    if (!wanted || this.state !== "ready" || this.talk) {
      return;
    }
    // The session is told by the event `newRTCSession`, before this returns.
    this._agent.call(`sip:${encodeURIComponent(wanted)}@${this._host}`, Talk.options(this._microphone()));
  }

  get _host() {
    return new URL(this._key.web_socket).hostname;
  }

  _start() {
    const { web_socket, extension, realm, ha1 } = this._key;
    const agent = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(web_socket)],
      uri: `sip:${extension}@${this._host}`,
      realm,
      ha1,
      register_expires: REGISTRATION,
      connection_recovery_min_interval: AGAIN.first,
      connection_recovery_max_interval: AGAIN.longest,
      session_timers: false,
      user_agent: "saluran",
    });
    agent.on("registered", () => this._registered());
    agent.on("registrationFailed", (told) => this._notRegistered(told));
    agent.on("disconnected", () => this._cut());
    agent.on("newRTCSession", (told) => this._session(told));
    this._agent = agent;
    agent.start();
  }

  _registered() {
    const wasLost = this._wasLost;
    this._wasLost = false;
    this._become("ready");
    if (wasLost && this.talk) {
      // The PBX knows the old connection only: it learns the new one, or says that the talk is over.
      this.talk.refresh();
    }
  }

  _notRegistered({ response }) {
    if (!response || response.status_code < 400 || response.status_code >= 500) {
      return; // JsSIP tries again when the connection is back.
    }
    const age = Date.now() - this._lentAt;
    if (age < SPREADS) {
      this._retry = setTimeout(() => this._agent?.register(), 500 + age / 4);
    } else if (Date.now() > Date.parse(this._key.until)) {
      this.connect().catch(() => this._become("refused"));
    } else {
      this._agent.stop();
      this._become("refused");
    }
  }

  _cut() {
    if (this.state !== "refused") {
      this._wasLost = true;
      this._become("lost");
    }
  }

  _session({ originator, session }) {
    const incoming = originator === "remote";
    if (!this.talk) {
      this._offer(session, incoming);
    } else if (this.talk.leaving) {
      // The PBX is quicker than the end of a talk that was sent on: the next caller rings already.
      this.talk.addEventListener("ended", () => this._offer(session, incoming), { once: true });
    } else {
      session.terminate({ status_code: 486 });
    }
  }

  _offer(session, incoming) {
    if (session.isEnded()) {
      return;
    }
    const talk = new Talk(session, incoming, this._microphone);
    this.talk = talk;
    talk.addEventListener("ended", () => {
      this.talk = null;
    });
    this.dispatchEvent(new CustomEvent(talk.incoming ? "ringing" : "dialled", { detail: talk }));
  }

  _become(state) {
    if (state !== this.state) {
      this.state = state;
      this.dispatchEvent(new CustomEvent("state", { detail: state }));
    }
  }
}
