// The zone of the browser; a button that says what it will do; links easy to copy; a word on text that is not saved.

const zone = document.querySelector("select[data-preset]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) {
  const option = [...zone.options].find((each) => each.value === own);
  if (option) option.selected = true;
}

for (const form of document.querySelectorAll("[data-publishing]")) {
  const button = form.querySelector("button[data-now]");
  const tell = () => {
    button.textContent = form.elements.when.value === "later" ? button.dataset.later : button.dataset.now;
  };
  form.addEventListener("change", tell);
  tell();
}

for (const echo of document.querySelectorAll("[data-echo]")) {
  const field = document.getElementById(echo.dataset.echo);
  const empty = echo.textContent;
  field?.addEventListener("input", () => {
    echo.textContent = field.value.trim() || empty;
  });
}

for (const field of document.querySelectorAll("[data-copy]")) field.addEventListener("focus", () => field.select());

// After autosave.js has dropped what has been saved meanwhile; both are modules, and it may come later.
const kept = document.querySelector("[data-kept-mark]");
addEventListener("load", () => {
  if (kept) kept.hidden = !Object.keys(localStorage).some((key) => key.startsWith(kept.dataset.keptMark));
});
