// A form of the desk in a dialog: links with data-desk-dialog open there, and so do those beside a choice of another row.
// When the form has been saved, the row is put into the choice and “desk:saved” is told to the page. Without script they
// are ordinary links.

const dialog = document.createElement("dialog");
dialog.className = "desk-dialog";
dialog.setAttribute("aria-label", "Form");
const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
const frame = Object.assign(document.createElement("iframe"), { title: "Form" });
dialog.append(close, frame);
document.body.append(dialog);

let opener = null;

function open(link) {
  opener = link;
  frame.src = link.href;
  dialog.showModal();
}

// A dialog that closes over typed text would lose it.
function mayClose() {
  const form = frame.contentDocument?.querySelector("form.warn-unsaved-form");
  return !form?.dataset.touched || window.confirm("Close without saving?");
}

// On the window and on the way down: before Unfold's own window, which closes over typed text at a click beside it.
window.addEventListener("click", catchLink, { capture: true });

function catchLink(event) {
  const link = event.target.closest?.("a[data-desk-dialog], a[data-popup][href]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  open(link);
}

// Django's own functions know what a choice needs to hear; they ask for the window that speaks.
function hand(data) {
  const speaker = { name: opener.id.replace(/^(add|change|delete)_/, ""), location: new URL(opener.href), close() {} };
  if (data.action === "change") window.dismissChangeRelatedObjectPopup(speaker, data.value, data.obj, data.new_value);
  else if (data.action === "delete") window.dismissDeleteRelatedObjectPopup(speaker, data.value);
  else window.dismissAddRelatedObjectPopup(speaker, data.value, data.obj);
}

frame.addEventListener("load", () => {
  const form = frame.contentDocument?.querySelector("form.warn-unsaved-form");
  form?.addEventListener("input", () => (form.dataset.touched = "yes"));
  frame.contentDocument?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
});

close.addEventListener("click", () => mayClose() && dialog.close());
dialog.addEventListener("cancel", (event) => mayClose() || event.preventDefault());
dialog.addEventListener("close", () => {
  frame.src = "about:blank";
  opener?.focus();
});

window.addEventListener("message", (event) => {
  if (event.origin !== window.location.origin || event.data?.desk !== "saved") return;
  if (opener?.dataset.popup) hand(event.data);
  dialog.close();
  document.dispatchEvent(new CustomEvent("desk:saved"));
});
