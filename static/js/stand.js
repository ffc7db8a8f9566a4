// Reckons in the page who answers as the reader does, and sends nothing. What it reckons with stands in the page, and
// experts/own_answers.py reckons the same for who has no script.
const DOUBLE = 2;
const REMEMBERED = "stand";

const toStep = (text) => (text ? Number(text) : null);

// Points are {own, other, size, weight}: steps or null, the steps of the scale, how often it counts.
const agree = (points, times) => {
  const sum = { n: 0, exact: 0, near: 0, nearN: 0 };
  for (const point of points.filter(({ own, other }) => own !== null && other !== null)) {
    const weight = times(point);
    const apart = Math.abs(point.own - point.other);
    sum.n += weight;
    if (!apart) sum.exact += weight;
    if (point.size < 3) continue;
    sum.nearN += weight;
    if (apart < 2) sum.near += weight;
  }
  return sum;
};

export const reckon = (points, minimum) => {
  const [sum, weighed] = [agree(points, () => 1), agree(points, ({ weight }) => weight)];
  const share = sum.n < minimum ? null : weighed.exact / weighed.n;
  const nearShare = sum.nearN < minimum ? null : weighed.near / weighed.nearN;
  return { ...sum, share, nearShare };
};

export const percent = (share) => {
  if (share > 0 && share < 0.005) return "<1\u00a0%";
  if (share >= 0.995 && share < 1) return ">99\u00a0%";
  return `${Math.floor(share * 100 + 0.5)}\u00a0%`;
};

export const tell = ({ own, other }) => {
  if (own === null || other === null) return "not counted";
  const apart = Math.abs(own - other);
  return apart ? `${apart} ${apart === 1 ? "step" : "steps"} apart` : "same answer";
};

export const tally = ({ n, exact, near, nearN, share, nearShare }, minimum) => {
  const told = [];
  if (share === null) told.push(`${n || "No"} common question${n > 1 ? "s" : ""}, ${minimum} needed`);
  if (n) told.push(`same answer: ${exact} of ${n}`);
  if (nearN) told.push(`at most a step apart: ${near} of ${nearN}` + (nearShare === null ? "" : ` (${percent(nearShare)})`));
  const text = told.join(" · ");
  return text[0].toUpperCase() + text.slice(1);
};

// Most agreement first, as _by_agreement has it.
const before = (a, b) =>
  (a.share === null) - (b.share === null) || b.share - a.share || b.nearShare - a.nearShare || b.n - a.n || a.place - b.place;

const form = document.getElementById("stand");
const result = document.getElementById("result");

const readAnswers = () =>
  [...form.querySelectorAll("[data-size]")].map((set) => {
    const chosen = set.querySelector("[type=radio]:checked");
    return {
      own: toStep(chosen?.dataset.step),
      size: Number(set.dataset.size),
      weight: set.querySelector("[type=checkbox]").checked ? DOUBLE : 1,
      chip: chosen?.parentElement.querySelector(".stance"),
    };
  });

const fillExpert = (item, answers, minimum) => {
  const rows = [...item.querySelectorAll("[data-step]")];
  const points = answers.map((answer, n) => ({ ...answer, other: toStep(rows[n].dataset.step) }));
  const sum = reckon(points, minimum);
  const fill = (name, text) => (item.querySelector(`[data-${name}]`).textContent = text);
  fill("share", sum.share === null ? "too few" : percent(sum.share));
  fill("tally", tally(sum, minimum));
  const bar = item.querySelector(".bar");
  bar.toggleAttribute("hidden", sum.share === null);
  bar.firstElementChild.setAttribute("width", 100 * sum.share);
  points.forEach((point, n) => {
    rows[n].querySelector("[data-own]").replaceChildren(point.chip?.cloneNode(true) ?? "–");
    rows[n].querySelector("[data-verdict]").textContent = tell(point);
  });
  return { ...sum, item, place: Number(item.dataset.place) };
};

const show = () => {
  const answers = readAnswers();
  const minimum = Number(form.dataset.minimum);
  const list = result.querySelector("ol");
  const filled = [...list.children].map((item) => fillExpert(item, answers, minimum));
  list.append(...filled.sort(before).map(({ item }) => item));
  result.querySelector("[data-answered]").textContent = answers.filter(({ own }) => own !== null).length;
  result.hidden = false;
};

const countAnswers = () => {
  const [answered, all] = [form.querySelectorAll("[type=radio]:checked:not([value=''])").length, form.querySelector("progress")];
  all.value = answered;
  form.querySelector("[data-progress]").textContent = `${answered} of ${all.max} answered`;
};

// --- Only where the reader says so -----------------------------------------------------------------------------------

const memory = {
  read() { try { return { ...JSON.parse(localStorage.getItem(REMEMBERED)) }; } catch { return {}; } },
  write(answers) { try { localStorage.setItem(REMEMBERED, JSON.stringify(answers)); } catch { /* storage is switched off */ } },
  forget() { try { localStorage.removeItem(REMEMBERED); } catch { /* nothing was kept */ } },
};

// By the names of the fields, which every page gives to a question: what was answered here is known there.
const remember = () => {
  const others = memory.read();
  for (const field of form.querySelectorAll("[name]")) if (field.type === "checkbox" || field.checked) others[field.name] = field.checked ? field.value : "";
  memory.write(others);
};

const answer = (known) => {
  for (const field of form.querySelectorAll("[name]")) if (known[field.name] === field.value) field.checked = true;
};

const forget = () => {
  memory.forget();
  for (const field of form.querySelectorAll("[type=radio]")) field.checked = field.value === "";
  for (const field of form.querySelectorAll("[type=checkbox]")) field.checked = false;
  result.hidden = true;
  countAnswers();
};

if (form) {
  const ticked = form.querySelector("[data-remember]");
  for (const part of form.querySelectorAll("[data-scripted]")) part.hidden = false;
  form.querySelector("[data-scriptless]").hidden = true;
  const known = memory.read();
  ticked.checked = Object.keys(known).length > 0;
  if (ticked.checked) answer(known);
  countAnswers();
  form.addEventListener("change", () => {
    if (ticked.checked) remember();
    else memory.forget();
    countAnswers();
    if (!result.hidden) show();
  });
  form.querySelector("[data-forget]").addEventListener("click", forget);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
    result.scrollIntoView();
    result.focus({ preventScroll: true });
  });
}
