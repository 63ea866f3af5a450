// One stop of the Tab key for the whole year; arrows go from day to day.

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -28, PageDown: 28 };

export function mount(element) {
  const days = [...element.querySelectorAll("a.date")];
  const first = days.find((day) => day.hasAttribute("aria-current")) ?? days[0];
  const stop = (day) => {
    for (const one of days) {
      one.tabIndex = one === day ? 0 : -1;
    }
  };
  stop(first);
  element.addEventListener("focusin", (event) => {
    const day = event.target.closest("a.date");
    if (day) {
      stop(day);
    }
  });
  element.addEventListener("keydown", (event) => {
    const at = days.indexOf(document.activeElement);
    const step = STEPS[event.key];
    if (at < 0 || step === undefined) {
      return;
    }
    event.preventDefault();
    days[Math.min(days.length - 1, Math.max(0, at + step))].focus();
  });
}
