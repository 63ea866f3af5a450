// "Call the line from this page", in the demo: a caller without a phone, who reaches the hotline only.

import JsSIP from "../vendor/jssip.js";
import { Panel } from "./panel.js";
import { sound } from "./sound.js";
import { Talk } from "./talk.js";
import { translate } from "./words.js";

/** The endpoint of pjsip_web_caller.conf. */
const NAME = "web-caller";

class Caller {
  constructor(root) {
    this.root = root;
    this.panel = new Panel(root);
    this.panel.on("call", "click", () => this.call());
    addEventListener("pagehide", () => this.agent?.stop());
  }

  call() {
    if (this.agent) {
      return;
    }
    sound();
    const { webSocket, number } = this.root.dataset;
    const { hostname } = new URL(webSocket);
    this.agent = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(webSocket)],
      uri: `sip:${NAME}@${hostname}`,
      register: false,
      session_timers: false,
      user_agent: "saluran",
    });
    this.agent.on("newRTCSession", ({ originator, session }) => {
      if (originator === "remote") {
        session.terminate({ status_code: 403 });
        return;
      }
      const talk = new Talk(session, false, () => "");
      talk.addEventListener("ended", () => this._over());
      this.panel.take(talk);
      this.panel.say("dialling", number);
    });
    this.agent.on("connected", () => this.agent.call(`sip:${number}@${hostname}`, Talk.options("")));
    this.agent.on("disconnected", () => {
      if (!this.panel.talk) {
        this.panel.say("no-line");
      }
      this._over();
    });
    this.panel.part("call").hidden = true;
    this.agent.start();
  }

  _over() {
    const { agent } = this;
    this.agent = null;
    this.panel.part("call").hidden = false;
    agent?.removeAllListeners();
    agent?.stop();
  }
}

for (const root of document.querySelectorAll("[data-web-caller]")) {
  translate(root);
  root.caller = new Caller(root);
}
