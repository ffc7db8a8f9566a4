// Keeps the unsaved text of a desk form in this browser until it is saved: through a crash, a reload, an expired session.
//
// Each form that is opened writes under a name of its own, user.kind.row.random, which it also sends; when a save went
// well the server names it in a cookie, and the next page forgets it. Restoring sends the text to the server, which
// shows the form with it and saves nothing: so rows that were added come back, and a newer version is merged.

const MARK = "desk:text:";
const COOKIE = "desk_saved";
const PAUSE = 1000; // milliseconds after the last key
const KEPT_FOR = 30 * 24 * 3600 * 1000;
const OURS = new Set(["csrfmiddlewaretoken", "version", "_draft", "_restore", "_compare", "_popup", "_to_field"]);

const place = document.getElementById("kept");
const form = place?.closest("form");
const draft = form?.elements._draft;
const owner = place ? `${place.dataset.user}.${place.dataset.kind}.${place.dataset.row}.` : "";
let loaded = "";
let timer = 0;
let failed = false;
let leaving = false; // signed out: nothing is written any more

// --- Storage ---------------------------------------------------------------------------------------------------------

function names() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(MARK)).map((key) => key.slice(MARK.length));
  } catch {
    return [];
  }
}

function read(name) {
  try {
    const kept = JSON.parse(localStorage.getItem(MARK + name));
    return Array.isArray(kept?.fields) ? { ...kept, name } : null;
  } catch {
    return null;
  }
}

function forget(name) {
  try {
    localStorage.removeItem(MARK + name);
  } catch {
    // Nothing could be kept there either.
  }
}

function forgetSaved() {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${COOKIE}=`));
  if (!found) return;
  const saved = decodeURIComponent(found.slice(COOKIE.length + 1)).replaceAll('"', "").split("|");
  saved.forEach(forget);
  document.cookie = `${COOKIE}=; path=/admin/; max-age=0; samesite=lax`;
}

function forgetOld() {
  for (const name of names()) if (!(Date.now() - (read(name)?.at ?? 0) < KEPT_FOR)) forget(name);
}

// --- The form --------------------------------------------------------------------------------------------------------

const isText = ([name, value]) => typeof value === "string" && !OURS.has(name) && !name.includes("__prefix__");
const fieldsNow = () => [...new FormData(form)].filter(isText);
const asText = (fields) => JSON.stringify([...fields].map(([name, value]) => `${name}=${value.replaceAll("\r\n", "\n")}`).sort());

// What the server sent, even where the browser has put typed text back by itself.
function valuesSent(field) {
  if (field instanceof HTMLSelectElement) {
    const chosen = [...field.options].filter((option) => option.defaultSelected);
    if (!chosen.length && !field.multiple && field.options.length) chosen.push(field.options[0]);
    return chosen.map((option) => option.value);
  }
  if (field.type === "checkbox" || field.type === "radio") return field.defaultChecked ? [field.value] : [];
  return [field.defaultValue];
}

function fieldsSent() {
  const plain = [...form.elements].filter((field) => field.name && !field.disabled && !["file", "submit", "button", "fieldset"].includes(field.type));
  return plain.flatMap((field) => valuesSent(field).map((value) => [field.name, value])).filter(isText);
}

function keep() {
  clearTimeout(timer);
  if (leaving) return;
  const fields = fieldsNow();
  if (asText(fields) === loaded) return forget(draft.value);
  try {
    const kept = { at: Date.now(), version: place.dataset.version, fields };
    localStorage.setItem(MARK + draft.value, JSON.stringify(kept));
    failed = false;
  } catch {
    if (!failed) tell("This browser cannot keep your unsaved text: its storage is full or switched off. Save often.");
    failed = true;
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
}

// --- What was kept ---------------------------------------------------------------------------------------------------

function told(at) {
  const day = new Date(at).toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "long" };
  return new Intl.DateTimeFormat("en-GB", { ...day, hour: "2-digit", minute: "2-digit" }).format(at);
}

function tell(sentence, ...buttons) {
  const bar = document.createElement("div");
  bar.className = "kept-bar";
  bar.setAttribute("role", "status");
  bar.append(Object.assign(document.createElement("p"), { textContent: sentence }), ...buttons);
  place.append(bar);
  return bar;
}

function button(label, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "desk-button", textContent: label });
  made.addEventListener("click", act);
  return made;
}

function asPosted(kept, purpose) {
  const around = ["csrfmiddlewaretoken", "_popup", "_to_field"].filter((name) => form.elements[name]);
  const here = around.map((name) => [name, form.elements[name].value]);
  return [...kept.fields, ...here, ["version", kept.version], ["_draft", kept.name], [purpose, "1"]];
}

function restore(kept) {
  const sent = Object.assign(document.createElement("form"), { method: "post", action: window.location.href, hidden: true });
  for (const [name, value] of asPosted(kept, "_restore")) {
    const field = Object.assign(document.createElement("textarea"), { name });
    field.value = value;
    sent.append(field);
  }
  document.body.append(sent);
  sent.submit();
}

async function compare(kept, bar) {
  const body = new FormData();
  asPosted(kept, "_compare").forEach(([name, value]) => body.append(name, value));
  if (bar.nextElementSibling?.matches("[data-kept-panel]")) bar.nextElementSibling.remove();
  try {
    const answer = await fetch(window.location.href, { method: "POST", body, redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    bar.after(document.adoptNode(page.querySelector("[data-kept-panel]")));
  } catch {
    bar.querySelector("p").textContent = "The server does not answer; you may have been signed out. The text is still kept.";
  }
}

// One at a time, the newest first. What is in the form already is not offered, and what the server has is forgotten.
function offer() {
  const now = asText(fieldsNow());
  const others = names().filter((name) => name.startsWith(owner) && name !== draft.value).map(read).filter(Boolean);
  const different = others.filter((kept) => asText(kept.fields) !== now || forget(kept.name));
  const [kept] = different.sort((a, b) => b.at - a.at);
  if (!kept) return;
  const discard = () => {
    forget(kept.name);
    if (bar.nextElementSibling?.matches("[data-kept-panel]")) bar.nextElementSibling.remove();
    bar.remove();
    offer();
  };
  const buttons = [button("Restore", () => restore(kept)), button("Compare", () => compare(kept, bar)), button("Discard", discard)];
  // A new row has nothing to be compared with.
  if (place.dataset.row === "new") buttons.splice(1, 1);
  const bar = tell(`Unsaved text from ${told(kept.at)} is kept in this browser.`, ...buttons);
}

// --- Signing out -----------------------------------------------------------------------------------------------------

function leave(event) {
  if (!/\/logout\/$/.test(new URL(event.target.action, window.location.href).pathname)) return;
  clearTimeout(timer);
  const kept = names();
  const question = "There is unsaved text in this browser. Sign out and forget it?";
  if (kept.length && !window.confirm(question)) return event.preventDefault();
  leaving = true;
  kept.forEach(forget);
}

forgetSaved();
forgetOld();
document.addEventListener("submit", leave);
if (form) {
  draft.value ||= owner + Math.random().toString(36).slice(2, 12);
  // A form that was shown again holds text that nobody has saved.
  loaded = place.hasAttribute("data-unsaved") ? "" : asText(fieldsSent());
  offer();
  if (asText(fieldsNow()) !== loaded) keep();
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", keep);
  // Autocompletes and new rows only speak jQuery.
  window.django?.jQuery(form).on("change formset:added formset:removed", later);
  window.addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  window.addEventListener("beforeunload", (event) => failed && asText(fieldsNow()) !== loaded && event.preventDefault());
}
