// What every page has: modules of parts, keys, and where the focus goes. Pages work without it.

const LETTER = /^Key([A-Z])$/;

/** Give each `data-module` element to the `mount` of the module that it names. */
function mountAll(root) {
  const found = [...root.querySelectorAll("[data-module]")];
  if (root.matches?.("[data-module]")) {
    found.push(root);
  }
  for (const element of found) {
    if (!element.dataset.mounted) {
      element.dataset.mounted = "yes";
      import(element.dataset.module).then(({ mount }) => mount(element));
    }
  }
}

/** Who cannot see the page change is told by the focus: the notice, else the page's heading. */
function focusNews() {
  const news = document.querySelector("[data-notice]") ?? document.getElementById("main");
  if (!document.querySelector("main [autofocus]")) {
    news?.focus({ preventScroll: true });
  }
}

function keyed() {
  return [...document.querySelectorAll("[data-key]")];
}

/** Alt+Shift and a letter: a link or button is pressed, a field gets the focus. */
function press(event) {
  const letter = LETTER.exec(event.code)?.[1].toLowerCase();
  if (!event.altKey || !event.shiftKey || event.ctrlKey || !letter) {
    return;
  }
  const target = keyed().find((element) => element.dataset.key === letter);
  if (target) {
    event.preventDefault();
    if (target.matches("input, textarea, select")) {
      target.focus();
    } else {
      target.click();
    }
  }
}

function showKeys() {
  const list = document.querySelector("[data-keys-list]");
  list.replaceChildren(
    ...keyed().flatMap((element) => {
      const term = document.createElement("dt");
      const what = document.createElement("dd");
      term.textContent = element.dataset.key.toUpperCase();
      what.textContent = element.labels?.[0]?.textContent ?? element.textContent;
      return [term, what];
    }),
  );
  document.getElementById("keys").showModal();
}

/** In a list of links: arrows go from row to row. */
function walk(event) {
  const list = event.target.closest?.("[data-walk]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list || !step || !event.target.matches("a")) {
    return;
  }
  const links = [...list.querySelectorAll("a[data-row]")];
  const next = links[links.indexOf(event.target) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

document.addEventListener("keydown", (event) => {
  press(event);
  walk(event);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-help]")) {
    showKeys();
  }
  const all = event.target.closest("[data-all]");
  if (all) {
    for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) {
      box.checked = all.checked;
    }
  }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-insert]") && event.target.value) {
    const into = document.getElementById(event.target.dataset.insert);
    into.setRangeText(event.target.value, into.selectionStart, into.selectionEnd, "end");
    event.target.value = "";
    into.dispatchEvent(new Event("inserted", { bubbles: true }));
    into.focus();
  }
});
// A choice that is sent at once, such as a pause with its reason.
document.addEventListener("change", (event) => {
  const choice = event.target.closest("select[data-submit]");
  if (choice?.value) {
    choice.name = choice.dataset.name;
    choice.form.requestSubmit();
  }
});
document.addEventListener("htmx:load", ({ detail }) => mountAll(detail.elt));
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target === document.body || detail.target.id === "notices") {
    focusNews();
  }
});
// No answer at all: the address is not there, or this machine has no net.
document.addEventListener("htmx:sendError", () => document.body.classList.add("offline"));
document.addEventListener("htmx:afterOnLoad", () => document.body.classList.remove("offline"));

mountAll(document);
if (document.querySelector("[data-notice]")) {
  focusNews();
}
