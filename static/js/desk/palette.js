// ⌘K: a dialog whose one field searches everything while one types. The server answers with the options ready made.

const PAUSE = 120; // milliseconds after the last key

const palette = document.getElementById("palette");
const input = document.getElementById("palette-input");
const list = document.getElementById("palette-found");
const status = palette?.querySelector(".palette-count");

let waiting;
let asking = new AbortController();
let chosen = -1;

const options = () => [...list.querySelectorAll("[role=option]")];

function open() {
  if (palette.open) return;
  palette.showModal();
  input.select();
  search();
}

function choose(number) {
  const all = options();
  chosen = all.length ? (number + all.length) % all.length : -1;
  all.forEach((option, n) => {
    option.id = `palette-option-${n}`;
    option.setAttribute("aria-selected", String(n === chosen));
  });
  if (chosen < 0) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", all[chosen].id);
  all[chosen].scrollIntoView({ block: "nearest" });
}

async function search() {
  asking.abort();
  asking = new AbortController();
  try {
    const address = `${palette.dataset.search}?s=${encodeURIComponent(input.value)}`;
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    list.innerHTML = await answer.text();
    const found = options().length;
    status.textContent = input.value ? `${found} found` : "";
    choose(0);
  } catch (error) {
    if (error.name === "AbortError") return;
    list.replaceChildren();
    choose(-1);
    status.textContent = "The search does not answer. Reload the page; you may have been signed out.";
  }
}

function press(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter" && chosen >= 0) {
    event.preventDefault();
    const { href } = options()[chosen];
    if (event.ctrlKey || event.metaKey) window.open(href, "_blank", "noopener");
    else window.location.assign(href);
  }
}

if (palette) {
  // In the capturing phase: the key works in every field, a rich text included.
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (palette.open) palette.close();
    else open();
  }, true);
  document.querySelectorAll("[data-opens-palette]").forEach((button) => button.addEventListener("click", open));
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, PAUSE);
  });
  input.addEventListener("keydown", press);
  list.addEventListener("mousemove", (event) => {
    const number = options().indexOf(event.target.closest("[role=option]"));
    if (number >= 0 && number !== chosen) choose(number);
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });
}
