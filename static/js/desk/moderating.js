// The queue by keyboard alone. Every key presses a button that stands on the page: without this file nothing is missing.

const list = document.querySelector("[data-moderating]");
const items = list ? [...list.querySelectorAll("[data-item]")] : [];
const bulk = document.querySelector("[data-moderating-bulk]");
const keys = document.querySelector("[data-moderating-keys]");
const boxes = bulk ? [...document.querySelectorAll("input[name=comment][form=bulk]")] : [];
const PLACE = `moderating ${list?.dataset.moderating}`;
const QUICK = { a: ["approve"], s: ["spam"], f: ["feature", "unfeature"], h: ["hold"], c: ["close"] };
const IN_BULK = { a: "approve", s: "spam" };

let here = -1;

function go(index) {
  if (!items.length) return;
  here = Math.max(0, Math.min(index, items.length - 1));
  items.forEach((item, n) => item.toggleAttribute("data-here", n === here));
  items[here].focus({ preventScroll: true });
  items[here].scrollIntoView({ block: "nearest" });
}

// Where the focus is, is where one is: the mouse and the tab key may have moved it.
function findItem() {
  const focused = items.findIndex((item) => item.contains(document.activeElement));
  if (focused >= 0) here = focused;
  return items[here];
}

function openPanel(item, name) {
  const panel = item.querySelector(`[data-panel="${name}"]`);
  if (!panel) return;
  item.querySelectorAll("[data-panel][open]").forEach((other) => other !== panel && other.removeAttribute("open"));
  panel.open = true;
  panel.querySelector("input[type=radio]:checked, input[type=radio]")?.focus();
}

function press(button) {
  if (!button) return;
  remember();
  button.form ? button.form.requestSubmit(button) : button.click();
}

function chosen() {
  return boxes.filter((box) => box.checked);
}

function tellChosen() {
  const number = chosen().length;
  bulk.querySelector("[data-moderating-chosen]").textContent = number ? `${number} selected:` : "None selected";
  bulk.querySelectorAll("button, select").forEach((field) => (field.disabled = number === 0));
  const all = bulk.querySelector("[data-moderating-all] input");
  all.checked = number === boxes.length;
  all.indeterminate = number > 0 && number < boxes.length;
}

// After a deed the page is new and shorter: the place on it is the same, or that of the first of many.
function remember() {
  const first = chosen()[0];
  const place = first ? items.findIndex((item) => item.contains(first)) : here;
  sessionStorage.setItem(PLACE, String(Math.max(place, 0)));
}

function choose(panel, digit) {
  const radio = panel.querySelectorAll("input[type=radio]")[digit === 0 ? 9 : digit - 1];
  if (!radio) return;
  radio.checked = true;
  radio.focus();
}

function inPanel(event, panel) {
  if (event.key === "Escape") {
    panel.open = false;
    panel.closest("[data-item]").focus();
  } else if (event.target.matches("textarea, select")) {
    return;
  } else if (/^\d$/.test(event.key)) {
    choose(panel, Number(event.key));
  } else if (event.key === "Enter" && event.target.matches("input")) {
    press(panel.querySelector("button[name=deed]"));
  } else {
    return;
  }
  event.preventDefault();
}

function inBulkReason(event) {
  if (/^\d$/.test(event.key)) event.target.selectedIndex = event.key === "0" ? event.target.options.length - 1 : Number(event.key);
  else if (event.key === "Enter" && event.target.value) press(bulk.querySelector("[value=reject]"));
  else if (event.key === "Escape") go(here);
  else return;
  event.preventDefault();
}

function decideMany(key) {
  if (key === "r") bulk.querySelector("select").focus();
  else if (IN_BULK[key]) press(bulk.querySelector(`[name=deed][value=${IN_BULK[key]}]`));
  else return false;
  return true;
}

function decide(item, key) {
  if (QUICK[key]) press(QUICK[key].map((deed) => item.querySelector(`[data-quick] [value=${deed}]`)).find(Boolean));
  else if (key === "r" || key === "b") openPanel(item, key);
  else if (key === "o") item.querySelector("[data-open]")?.click();
  else if (key === "x") item.querySelector("input[form=bulk]")?.click();
  else return false;
  return true;
}

function onKey(event) {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const panel = event.target.closest?.("[data-panel][open]");
  if (panel && event.target.closest("form")) return inPanel(event, panel);
  if (event.target.id === "bulk-reason") return inBulkReason(event);
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  if (act(event.key)) event.preventDefault();
}

function act(key) {
  const item = findItem();
  if (key === "?" && keys) return keys.showModal() ?? true;
  if (key === "u") return press(document.querySelector("[data-moderating-undo] button")) ?? true;
  if (key === "j" || key === "ArrowDown") return go(here + 1) ?? true;
  if (key === "k" || key === "ArrowUp") return go(here - 1) ?? true;
  if (chosen().length && decideMany(key)) return true;
  return Boolean(item) && decide(item, key);
}

if (list || keys) {
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", () => findItem() && remember());
  for (const button of document.querySelectorAll("[data-moderating-help]")) {
    button.hidden = false;
    button.addEventListener("click", () => keys.showModal());
  }
}
if (bulk) {
  const all = bulk.querySelector("[data-moderating-all]");
  all.hidden = false;
  all.addEventListener("change", (event) => {
    boxes.forEach((box) => (box.checked = event.target.checked));
    tellChosen();
  });
  boxes.forEach((box) => box.addEventListener("change", tellChosen));
  tellChosen();
}
const place = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
if (place !== null) go(Number(place));
document.querySelector(".moderating-trial")?.focus();
