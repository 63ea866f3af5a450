// What is heard besides the caller: the ring, and how loud both sides are.

/** Hertz and seconds of an Indonesian telephone's ring: 425 Hz, one second in five. */
const RING = { hertz: 425, on: 1, every: 5, level: 0.2 };
/** Levels from -60 dB, which is silence, to 0 dB. */
const FLOOR = -60;

let context = null;

/** The page's sound; a browser allows it after a first click. */
export function sound() {
  context ??= new AudioContext();
  context.resume();
  return context;
}

export class Ring {
  start() {
    this.stop();
    this._stroke();
    this._timer = setInterval(() => this._stroke(), RING.every * 1000);
  }

  stop() {
    clearInterval(this._timer);
    this._tone?.stop();
    this._tone = null;
  }

  _stroke() {
    const page = sound();
    const tone = new OscillatorNode(page, { frequency: RING.hertz });
    tone.connect(new GainNode(page, { gain: RING.level })).connect(page.destination);
    tone.start();
    tone.stop(page.currentTime + RING.on);
    this._tone = tone;
  }
}

/** How loud a track is, 0 (silence) to 100. */
export class Meter {
  constructor(track) {
    this._source = new MediaStreamAudioSourceNode(sound(), { mediaStream: new MediaStream([track]) });
    this.analyser = new AnalyserNode(sound(), { fftSize: 2048, smoothingTimeConstant: 0 });
    this._source.connect(this.analyser);
    this._samples = new Float32Array(this.analyser.fftSize);
  }

  get level() {
    this.analyser.getFloatTimeDomainData(this._samples);
    const power = this._samples.reduce((sum, one) => sum + one * one, 0) / this._samples.length;
    const decibels = power > 0 ? 10 * Math.log10(power) : FLOOR;
    return Math.round(Math.max(0, Math.min(1, 1 - decibels / FLOOR)) * 100);
  }

  close() {
    this._source.disconnect();
  }
}
