// Makes writing and paging happen in place, and works for a moment before a comment is sent. Without it all are pages.
// The library notes the page's address for a history that is not used here. Reading leaves nothing behind.
try {
  sessionStorage.removeItem("htmx-current-path-for-history");
} catch {
  // A browser that keeps nothing has nothing to forget.
}

const address = () => location.pathname + location.search;
let page = address();

const isPlain = (event) => !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

const focusOn = (element) => {
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus();
};

const onPlainClick = (link, act) =>
  link.addEventListener("click", (event) => {
    if (!isPlain(event)) return;
    event.preventDefault();
    act();
  });

// Where there is no connection, the page itself is asked for, and the browser says so.
const get = (link, options) => htmx.ajax("GET", link.href, options).catch(() => location.assign(link.href));

// What was begun elsewhere on the page moves along.
const writeAt = async (link, place) => {
  const before = document.getElementById("write");
  const swap = place.id === "conversation-start" ? "innerHTML" : "beforeend";
  await get(link, { target: place, swap, select: "#write" });
  before?.remove();
  const [begun, field] = [before?.querySelector("textarea"), document.querySelector("#write textarea")];
  if (begun?.value && field && !field.value) field.value = begun.value;
};

const turnTo = async (link) => {
  const swap = "outerHTML show:#conversation:top";
  await get(link, { target: "#conversation", swap, select: "#conversation" });
  history.pushState(null, "", link.href);
  page = address();
  focusOn(document.getElementById("conversation"));
};

const dress = (root) => {
  for (const link of root.querySelectorAll("a[data-place]")) {
    const place = document.getElementById(link.dataset.place);
    if (place) onPlainClick(link, () => writeAt(link, place));
  }
  for (const link of root.querySelectorAll("#conversation > .pager a, .conversation-main > :is(.pager, .orders) a")) {
    onPlainClick(link, () => turnTo(link));
  }
  for (const link of root.querySelectorAll("#conversation a[data-clear]")) {
    onPlainClick(link, () => get(link, { target: "#write", swap: "outerHTML", select: "#write" }));
  }
};

const levelOf = (comment) => Number(/level-(\d)/.exec(comment.className)[1]);

// What was posted as an answer goes to its place, and the form with it: behind all that answers the same comment.
const settle = (write) => {
  const posted = write.querySelector("[data-answers]");
  const parent = posted && document.getElementById(posted.dataset.answers);
  if (!parent) return;
  posted.classList.add(`level-${posted.dataset.level}`);
  let last = parent.parentElement.querySelector(":scope > .replies > summary") ?? parent;
  const isBelow = (next) => next?.matches(".comment") && levelOf(next) > levelOf(parent);
  while (isBelow(last.nextElementSibling)) last = last.nextElementSibling;
  last.after(posted);
  posted.append(write);
};

addEventListener("popstate", () => address() !== page && location.reload());

addEventListener("htmx:load", (event) => {
  const root = event.detail.elt;
  dress(root);
  if (root.id !== "write") return;
  settle(root);
  focusOn(root.querySelector("[role=alert], [role=status], .preview, textarea") ?? root);
});

const tellOfNoConnection = (form) => {
  form.querySelector("[role=alert]")?.remove();
  const told = Object.assign(document.createElement("p"), { className: "notice", role: "alert" });
  told.textContent = "Nothing was sent: there is no connection. Your text is still here.";
  form.prepend(told);
  focusOn(told);
};

const solve = async ({ salt, challenge, signature, most }) => {
  const encode = new TextEncoder();
  for (let number = 0; number <= Number(most); number += 1) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encode.encode(salt + number)));
    if (Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") === challenge) return `${number}:${signature}:${salt}`;
  }
  return "none";
};

const proofs = new WeakMap();

const prove = (form) => {
  if (!proofs.has(form)) proofs.set(form, solve(form.dataset).then((proof) => (form.elements.proof.value = proof)));
  return proofs.get(form);
};

const mayProve = (form) => form.dataset.challenge && window.crypto?.subtle;

addEventListener("focusin", (event) => {
  const form = event.target.closest?.("[data-writing]");
  if (form && mayProve(form)) prove(form);
});

// The button that was pressed is part of what is sent: a preview is another thing than sending, and needs no proof.
addEventListener("submit", async (event) => {
  const [form, button] = [event.target.closest("[data-writing]"), event.submitter];
  if (!form) return;
  const waits = mayProve(form) && !form.elements.proof.value && !button?.name;
  const isInPlace = form.closest("#conversation");
  if (!waits && !isInPlace) return;
  event.preventDefault();
  if (waits) await prove(form);
  if (!isInPlace) form.requestSubmit(button);
  else {
    const values = Object.fromEntries(new FormData(form, button));
    const sent = htmx.ajax("POST", form.action, { target: "#write", swap: "outerHTML", select: "#write", values });
    sent.catch(() => tellOfNoConnection(form));
  }
});
