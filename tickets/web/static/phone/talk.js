// One call: rings, is answered, held, muted, sent on, ended.
//
// Events: `answered`, `changed` (hold, mute), `ended` with detail `{answered, byUs, denied}` (the
// browser gave no microphone), `transferred`, `not-transferred`.

import JsSIP from "../vendor/jssip.js";

/** No server is asked for our address: page and PBX are on one network, or the PBX has its own. */
const CONNECTION = { iceServers: [], rtcpMuxPolicy: "require" };
const KEY = { transportType: "RFC2833", duration: 120, interToneGap: 80 };

export class Talk extends EventTarget {
  constructor(session, incoming, microphone) {
    super();
    this.incoming = incoming;
    this.answered = false;
    /** We hung up or sent the caller on, and the PBX has yet to end it. */
    this.leaving = false;
    this._session = session;
    this._microphone = microphone;
    session.on("confirmed", () => this._begun());
    session.on("hold", () => this._changed());
    session.on("unhold", () => this._changed());
    session.on("muted", () => this._changed());
    session.on("unmuted", () => this._changed());
    session.on("ended", (told) => this._over(told));
    session.on("failed", (told) => this._over(told));
  }

  /** How JsSIP makes or takes a call with this microphone; the system's own without a choice. */
  static options(device) {
    const audio = {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...(device ? { deviceId: { exact: device } } : {}),
    };
    return { mediaConstraints: { audio, video: false }, pcConfig: CONNECTION };
  }

  /** Who is on the other side: a name if there is one, and a number. */
  get who() {
    const { display_name: name, uri } = this._session.remote_identity;
    return { name: name && name !== uri.user ? name : "", number: uri.user ?? "" };
  }

  get held() {
    return this._session.isOnHold().local;
  }

  get muted() {
    return this._session.isMuted().audio;
  }

  get microphoneTrack() {
    return this._session.connection?.getSenders().find(({ track }) => track)?.track ?? null;
  }

  get remoteTrack() {
    return this._session.connection?.getReceivers()[0]?.track ?? null;
  }

  answer() {
    if (this.incoming && !this.answered) {
      this._session.answer(Talk.options(this._microphone()));
    }
  }

  hangUp() {
    if (!this._session.isEnded()) {
      this.leaving = true;
      // An unanswered call is refused: the PBX offers it to another agent.
      this._session.terminate(this.incoming && !this.answered ? { status_code: 486 } : undefined);
    }
  }

  hold(wanted) {
    if (this.answered && wanted !== this.held) {
      wanted ? this._session.hold() : this._session.unhold();
    }
  }

  mute(wanted) {
    if (this.answered && wanted !== this.muted) {
      wanted ? this._session.mute({ audio: true }) : this._session.unmute({ audio: true });
    }
  }

  key(digit) {
    if (this.answered) {
      this._session.sendDTMF(digit, KEY);
    }
  }

  /** Send the caller on, to a queue or to an agent; the PBX refuses all else, and the talk goes on. */
  transfer(target) {
    const wanted = target.trim().toLowerCase().replace(/[^a-z0-9_-]/g, "");
    if (!this.answered || !wanted) {
      return;
    }
    const failed = () => {
      this.leaving = false;
      this.dispatchEvent(new CustomEvent("not-transferred", { detail: wanted }));
    };
    this.leaving = true;
    this._session.refer(`sip:${wanted}@${this._session.remote_identity.uri.host}`, {
      eventHandlers: {
        requestFailed: failed,
        failed,
        accepted: () => {
          this.dispatchEvent(new CustomEvent("transferred", { detail: wanted }));
          this.hangUp();
        },
      },
    });
  }

  /** Another microphone, in the middle of the talk. */
  async speakInto(device) {
    const { audio } = Talk.options(device).mediaConstraints;
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    const [track] = stream.getAudioTracks();
    const sender = this._session.connection.getSenders().find((one) => one.track?.kind === "audio");
    track.enabled = sender.track.enabled;
    sender.track.stop();
    await sender.replaceTrack(track);
  }

  /** Tell the PBX where we are now; it answers 481 to a talk that is over, and then it is. */
  refresh() {
    if (this.answered) {
      this._session.renegotiate({}, () => this._changed());
    }
  }

  _begun() {
    this.answered = true;
    this.dispatchEvent(new CustomEvent("answered"));
  }

  _changed() {
    this.dispatchEvent(new CustomEvent("changed"));
  }

  _over({ originator, cause }) {
    const denied = cause === JsSIP.C.causes.USER_DENIED_MEDIA_ACCESS;
    const detail = { answered: this.answered, byUs: originator === "local", denied };
    this.dispatchEvent(new CustomEvent("ended", { detail }));
  }
}
