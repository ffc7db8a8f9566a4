// A search field suggests names as one types. Without script it is a field like any other.
const field = document.querySelector("[data-suggest]");
const list = document.createElement("ul");
const told = document.createElement("p");
let asked;
let waiting;

Object.assign(list, { id: "suggestions", className: "suggestions", hidden: true });
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Suggestions");
told.className = "visually-hidden";
told.setAttribute("role", "status");
field.after(list, told);
for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) {
  field.setAttribute(name, value);
}

function choose(option) {
  list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

function open(isOpen) {
  list.hidden = !isOpen;
  field.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) choose(null);
}

function show(suggestions) {
  list.replaceChildren(
    ...suggestions.map(({ title, url, kind }, number) => {
      const option = document.createElement("li");
      const name = document.createElement("span");
      const about = document.createElement("span");
      Object.assign(name, { textContent: title, dir: "auto" });
      about.textContent = kind;
      Object.assign(option, { id: `suggestion-${number}` });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = url;
      option.append(name, about);
      return option;
    }),
  );
  told.textContent = suggestions.length ? `${suggestions.length} ${suggestions.length === 1 ? "suggestion" : "suggestions"}` : "";
  open(suggestions.length > 0);
}

// Whoever goes through what is there, or closes it, does not want it changed by what was asked before.
function settle() {
  clearTimeout(waiting);
  asked?.abort();
}

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const typed = field.value.trim();
  if (!typed) return show([]);
  try {
    const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`, { signal: asked.signal });
    if (answer.ok && document.activeElement === field) show((await answer.json()).suggestions);
  } catch {
    // Typed on meanwhile, or there is no connection: nothing is suggested.
  }
}

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, 120);
});
field.addEventListener("blur", () => open(false));
field.addEventListener("keydown", (event) => {
  const chosen = list.querySelector("[aria-selected=true]");
  const options = [...list.children];
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    settle();
    open(false);
  } else if (event.key === "Enter" && chosen && !event.isComposing) {
    event.preventDefault();
    location.assign(chosen.dataset.url);
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
    event.preventDefault();
    settle();
    if (list.hidden) open(true);
    // Past either end nothing is chosen, and what was typed counts.
    const step = event.key === "ArrowDown" ? 1 : -1;
    const place = chosen ? options.indexOf(chosen) + step : step > 0 ? 0 : options.length - 1;
    choose(options[place] ?? null);
  }
});
list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) location.assign(option.dataset.url);
});
if (field.value !== field.defaultValue) ask(); // what was typed while this was on its way
