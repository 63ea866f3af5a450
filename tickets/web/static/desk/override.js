// Of a form, only what belongs to the choice that is made.

export function mount(form) {
  const show = () => {
    const chosen = form.querySelector("[name=what]:checked")?.value;
    for (const part of form.querySelectorAll("[data-what]")) {
      part.hidden = part.dataset.what !== chosen;
    }
  };
  form.addEventListener("change", show);
  show();
}
