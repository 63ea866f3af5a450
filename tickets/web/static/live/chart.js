// Charts of queues with uPlot, in the page's colours.

const COLOURS = { offered: "#4b6cb7", answered: "#2d7a46", abandoned: "#c4432b", level: "#8a6d00", waiting: "#c4432b", talking: "#2d7a46" };
const DASHES = { offered: [], answered: [6, 3], abandoned: [2, 3], level: [10, 4], waiting: [], talking: [6, 3] };

function loaded(element) {
  if (globalThis.uPlot) {
    return Promise.resolve();
  }
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: element.dataset.style });
  const script = Object.assign(document.createElement("script"), { src: element.dataset.uplot });
  const done = new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
  });
  document.head.append(style, script);
  return done;
}

function line(name, labels) {
  return { label: labels[name], stroke: COLOURS[name], dash: DASHES[name], width: 2, points: { size: 6 }, scale: name === "level" ? "%" : "y" };
}

export async function mount(element) {
  await loaded(element);
  const figures = JSON.parse(element.dataset.figures);
  const labels = JSON.parse(element.dataset.labels);
  const names = Object.keys(COLOURS).filter((name) => name in figures);
  // A part that reads itself anew brings another one.
  element.replaceChildren();
  const ink = getComputedStyle(element).color;
  const axis = { stroke: ink, grid: { stroke: "#8884", width: 1 } };
  const right = { ...axis, scale: "%", side: 1, grid: { show: false } };
  const options = {
    width: element.clientWidth,
    height: 240,
    tzDate: (at) => globalThis.uPlot.tzDate(new Date(at * 1000), "Asia/Jakarta"),
    scales: { y: { range: (_, low, high) => [0, Math.max(5, high * 1.1)] }, "%": { range: [0, 105] } },
    axes: [
      { ...axis, values: [[86400, "{D}/{M}", null, null, null, null, null, null, 1], [60, "{HH}.{mm}", null, null, null, null, null, null, 1]] },
      axis,
      ...(figures.level ? [right] : []),
    ],
    series: [{ label: labels.clock, value: element.dataset.kind === "history" ? "{D}/{M}/{YYYY}" : "{HH}.{mm}" }, ...names.map((name) => line(name, labels))],
  };
  const plot = new globalThis.uPlot(options, [figures.at, ...names.map((name) => figures[name])], element);
  const watcher = new ResizeObserver(() => {
    if (!element.isConnected) {
      watcher.disconnect();
      plot.destroy();
    } else if (element.clientWidth !== plot.width) {
      plot.setSize({ width: element.clientWidth, height: 240 });
    }
  });
  watcher.observe(element);
}
