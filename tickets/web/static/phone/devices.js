// Which microphone and which loudspeaker; remembered in this browser.

const KEPT = "saluran.phone.";

export class Devices {
  /** @param fields `{microphone, speaker}`: the two `select` elements. */
  constructor(fields, audio) {
    this._fields = fields;
    this._audio = audio;
    navigator.mediaDevices?.addEventListener("devicechange", () => this.list());
    fields.speaker.closest("label").hidden = !("setSinkId" in HTMLMediaElement.prototype);
    for (const [kind, field] of Object.entries(fields)) {
      field.addEventListener("change", () => localStorage.setItem(KEPT + kind, field.value));
    }
    fields.speaker.addEventListener("change", () => this.listen());
  }

  /** The chosen microphone; empty for the system's own. */
  get microphone() {
    return this._fields.microphone.value;
  }

  /** Ask for the microphone once, so that a call is not answered by a question. */
  async allow() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    stream.getTracks().forEach((track) => track.stop());
    await this.list();
  }

  /** Offer what is there; a chosen device that is gone gives way to the system's own. */
  async list() {
    const found = await navigator.mediaDevices.enumerateDevices();
    this._offer("microphone", found.filter(({ kind }) => kind === "audioinput"));
    this._offer("speaker", found.filter(({ kind }) => kind === "audiooutput"));
    await this.listen();
  }

  /** Hear through the chosen loudspeaker. */
  async listen() {
    if (this._audio.setSinkId) {
      await this._audio.setSinkId(this._fields.speaker.value).catch(() => {});
    }
  }

  _offer(kind, devices) {
    const field = this._fields[kind];
    const usual = field.options[0];
    const named = devices.filter(({ deviceId, label }) => deviceId && label && deviceId !== "default");
    field.replaceChildren(usual, ...named.map(({ deviceId, label }) => new Option(label, deviceId)));
    field.value = localStorage.getItem(KEPT + kind) ?? "";
    if (field.selectedIndex < 0) {
      field.value = "";
    }
  }
}
