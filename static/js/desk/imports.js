// Samples beside the chosen columns, a form that follows what it depends on, and the progress of an import.
// Without this file every page works: buttons do what is done here unasked.

const FOLLOWED = ["id_scale", "id_sheet", "id_column_answer"];
const SAMPLES = 3;
// Milliseconds between two looks.
const PAUSE = 700;

function readIsland(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

function showSamples(form) {
  const headings = readIsland("imports-headings");
  const rows = readIsland("imports-rows");
  for (const place of form.querySelectorAll("[data-imports-sample]")) {
    const column = headings.indexOf(document.getElementById(place.dataset.importsSample).value);
    const cells = column < 0 ? [] : rows.map((row) => row[column]).filter(Boolean);
    const lines = [...new Set(cells)].slice(0, SAMPLES).map((cell) => {
      const line = document.createElement("span");
      line.textContent = cell;
      return line;
    });
    place.replaceChildren(...lines);
  }
}

function followChoices(form) {
  form.addEventListener("change", (event) => {
    showSamples(form);
    if (FOLLOWED.includes(event.target.id)) {
      form.requestSubmit(form.querySelector("[name=look]"));
    }
  });
}

function tellProgress(box, progress) {
  const bar = box.querySelector("progress");
  const told = box.querySelector("[data-imports-told]");
  if (progress.total) {
    bar.max = progress.total;
    bar.value = progress.done;
    told.textContent = `${progress.stage}: ${progress.done.toLocaleString("en-GB")} of ${progress.total.toLocaleString("en-GB")} rows`;
  } else {
    bar.removeAttribute("value");
    told.textContent = progress.stage ? `${progress.stage}…` : "Under way…";
  }
}

async function watch(box) {
  try {
    const answer = await fetch(box.dataset.importsProgress, { headers: { Accept: "application/json" } });
    const progress = await answer.json();
    if (progress.state !== "importing") {
      location.reload();
      return;
    }
    tellProgress(box, progress);
  } catch {
    // The server is busy or away for a moment; the next look will tell.
  }
  setTimeout(watch, PAUSE, box);
}

function begin(form) {
  form.hidden = true;
  fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => {});
}

const mapping = document.querySelector("[data-imports-mapping]");
if (mapping) {
  showSamples(mapping);
  followChoices(mapping);
}
const box = document.querySelector("[data-imports-progress]");
if (box) {
  const run = box.querySelector("[data-imports-run]");
  if (run) begin(run);
  watch(box);
}
