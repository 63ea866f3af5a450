// What is new in the chat is shown as it comes; Enter sends.
const log = document.getElementById("log");

function toEnd() {
  log.scrollTop = log.scrollHeight;
}

if (log) {
  toEnd();
  const stream = new EventSource(`${log.dataset.chat}/events`);
  stream.addEventListener("message", async () => {
    const answer = await fetch(`${log.dataset.chat}/log`);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (fresh.body.innerHTML === log.innerHTML) return;
    log.replaceChildren(...fresh.body.childNodes);
    toEnd();
  });
}

const text = document.getElementById("text");
text?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    text.form.requestSubmit();
  }
});
