// A message with its waveform, fetched when somebody wants to hear it: a look is noted.

const BARS = 120;

function peaks(samples) {
  const step = Math.max(1, Math.floor(samples.length / BARS));
  const found = [];
  for (let at = 0; at < samples.length; at += step) {
    let most = 0;
    for (const one of samples.subarray(at, at + step)) {
      most = Math.max(most, Math.abs(one));
    }
    found.push(most);
  }
  const loudest = Math.max(...found, 0.01);
  return found.map((one) => one / loudest);
}

function draw(canvas, bars, done) {
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  bars.forEach((one, n) => {
    const height = Math.max(2, one * canvas.height);
    pen.fillStyle = n / bars.length < done ? style.color : style.borderColor;
    pen.fillRect((n * canvas.width) / bars.length, (canvas.height - height) / 2, 2, height);
  });
}

async function open(element, button) {
  const answer = await fetch(element.dataset.audio);
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  const body = await answer.arrayBuffer();
  const audio = new Audio(URL.createObjectURL(new Blob([body], { type: answer.headers.get("Content-Type") })));
  audio.controls = true;
  const canvas = Object.assign(document.createElement("canvas"), { width: 480, height: 48, className: "wave" });
  canvas.setAttribute("aria-hidden", "true");
  const context = new AudioContext();
  const sound = await context.decodeAudioData(body.slice(0));
  const bars = peaks(sound.getChannelData(0));
  void context.close();
  draw(canvas, bars, 0);
  audio.addEventListener("timeupdate", () => draw(canvas, bars, audio.currentTime / (audio.duration || 1)));
  canvas.addEventListener("click", (event) => {
    audio.currentTime = (event.offsetX / canvas.clientWidth) * audio.duration;
  });
  button.replaceWith(canvas, audio);
  await audio.play();
}

export function mount(element) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary";
  button.textContent = `▶ ${element.dataset.play}`;
  button.addEventListener("click", () => {
    button.disabled = true;
    open(element, button).catch(() => {
      button.replaceWith(element.dataset.missing);
    });
  });
  element.append(button);
}
