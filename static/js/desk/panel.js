// Keeps matrix, counts and checklist true to what stands in the form, saved or not. The server tries the form, reads
// the panel and takes everything back; nothing is saved from here.

const PAUSE = 1200; // ms without a keystroke

const panel = document.querySelector("[data-panel-address]");
const form = panel?.closest("form");
let timer = 0;
let running = null;

function read() {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

async function refresh() {
  running?.abort();
  running = new AbortController();
  panel.setAttribute("aria-busy", "true");
  try {
    const options = { method: "POST", body: read(), signal: running.signal, redirect: "error" };
    const response = await fetch(panel.dataset.panelAddress, options);
    if (response.ok) show(await response.text());
  } catch {
    // Signed out or offline: what is shown stays; saving will say what is wrong.
  } finally {
    panel.removeAttribute("aria-busy");
  }
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-panel]")) {
    panel.querySelector(`[data-panel="${part.dataset.panel}"]`)?.replaceWith(part);
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
}

if (form) {
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  // Autocompletes and new rows only speak jQuery.
  window.django?.jQuery(form).on("change formset:added formset:removed", later);
  document.addEventListener("desk:saved", refresh);
}
