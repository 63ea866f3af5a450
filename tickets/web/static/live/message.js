// A recording with its waveform. Nothing is fetched before somebody wants to hear it: each look is
// noted. Sound comes by a link that holds for minutes; a player that outlives it asks for another.

const STEP = 5; // seconds an arrow key moves
const BAR = 3; // pixels from one stroke to the next

async function asked(url, method) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const answer = await fetch(url, { method, headers: { "X-CSRF-Token": token } });
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  return answer.json();
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function draw(canvas, peaks, done) {
  const pen = canvas.getContext("2d");
  const { color, borderBottomColor } = getComputedStyle(canvas);
  canvas.width = peaks.length * BAR;
  peaks.forEach((peak, n) => {
    const height = Math.max(2, (peak / 100) * canvas.height);
    pen.fillStyle = n / peaks.length < done ? color : borderBottomColor;
    pen.fillRect(n * BAR, (canvas.height - height) / 2, BAR - 1, height);
  });
}

/** The waveform as a slider: pointer, arrows, Home and End; space plays and pauses. */
function slider(element, audio, peaks, seconds) {
  // A browser only guesses a duration while a part of the sound has come: the server knows it.
  const length = () => seconds || (Number.isFinite(audio.duration) ? audio.duration : 0);
  const canvas = Object.assign(document.createElement("canvas"), { height: 48, className: "wave", tabIndex: 0 });
  const show = () => {
    draw(canvas, peaks, audio.currentTime / (length() || 1));
    canvas.setAttribute("aria-valuemax", String(Math.round(length())));
    canvas.setAttribute("aria-valuenow", String(Math.round(audio.currentTime)));
    canvas.setAttribute("aria-valuetext", `${clock(audio.currentTime)} / ${clock(length())}`);
  };
  const go = (to) => {
    audio.currentTime = Math.min(Math.max(to, 0), length());
    show();
  };
  canvas.setAttribute("role", "slider");
  canvas.setAttribute("aria-label", element.dataset.place ?? element.dataset.play);
  canvas.setAttribute("aria-valuemin", "0");
  canvas.addEventListener("pointerdown", (event) => go((event.offsetX / canvas.clientWidth) * length()));
  canvas.addEventListener("keydown", (event) => {
    const keys = {
      ArrowRight: () => go(audio.currentTime + STEP),
      ArrowLeft: () => go(audio.currentTime - STEP),
      Home: () => go(0),
      End: () => go(length()),
      " ": () => (audio.paused ? audio.play() : audio.pause()),
    };
    if (keys[event.key] && !event.altKey && !event.ctrlKey) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  audio.addEventListener("timeupdate", show);
  audio.addEventListener("seeked", show);
  show();
  return canvas;
}

async function open(element, button) {
  const base = element.dataset.audio.replace(/\/audio$/, "");
  const [link, wave] = await Promise.all([asked(`${base}/links`, "POST"), asked(`${base}/waveform`, "GET")]);
  const audio = Object.assign(new Audio(link.url), { controls: true, preload: "metadata" });
  audio.setAttribute("aria-label", element.dataset.play);
  let ends = Date.parse(link.ends_at);
  audio.addEventListener("error", () => {
    if (Date.now() < ends) {
      audio.replaceWith(element.dataset.missing);
      return;
    }
    // The link is over: another one, from where it was.
    const at = audio.currentTime;
    asked(`${base}/links`, "POST")
      .then((next) => {
        ends = Date.parse(next.ends_at);
        audio.src = next.url;
        audio.currentTime = at;
        return audio.play();
      })
      .catch(() => audio.replaceWith(element.dataset.missing));
  });
  const canvas = slider(element, audio, wave.peaks, wave.seconds);
  const hadFocus = document.activeElement === button || document.activeElement === document.body;
  element.querySelector("[data-plain]")?.remove();
  button.replaceWith(canvas, audio);
  if (hadFocus) {
    canvas.focus({ preventScroll: true });
  }
  // A browser that plays nothing by itself leaves that to the button of the player.
  await audio.play().catch(() => undefined);
}

export function mount(element) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary outline";
  button.textContent = `▶ ${element.dataset.play}`;
  button.addEventListener("click", () => {
    button.disabled = true;
    open(element, button).catch(() => {
      button.replaceWith(element.dataset.missing);
    });
  });
  element.querySelector("[data-plain]")?.remove();
  element.append(button);
}
