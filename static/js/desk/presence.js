// Who else has the row open, and whether somebody has saved it meanwhile. Asked every twenty seconds while one looks.

const EVERY = 20_000; // milliseconds

const place = document.getElementById("kept");
const form = place.closest("form");
const bar = document.createElement("div");
const words = document.createElement("p");
bar.className = "kept-bar is-quiet";
bar.setAttribute("role", "status");
bar.append(words);

const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

function list(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function show({ others, newer }) {
  const sentences = [];
  const names = others.map((one) => one.name);
  if (names.length) sentences.push(`${list(names)} ${names.length > 1 ? "are" : "is"} working on this too.`);
  if (newer) {
    const who = newer.by || "Somebody";
    sentences.push(`${who} saved a newer version at ${time.format(new Date(newer.at))}: your text is safe, saving will show you both.`);
  }
  const said = sentences.join(" ");
  if (said === words.textContent) return;
  words.textContent = said;
  bar.classList.toggle("is-quiet", !newer);
  if (said) place.append(bar);
  else bar.remove();
}

async function ask() {
  if (document.hidden) return;
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.append("version", place.dataset.version);
  try {
    const answer = await fetch(place.dataset.presence, { method: "POST", body, redirect: "error" });
    if (answer.ok) show(await answer.json());
  } catch {
    // Signed out or offline: what was last known stays.
  }
}

ask();
setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);
