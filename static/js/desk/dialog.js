// A form of the desk in a dialog: links with data-desk-dialog open there, and “desk:saved” is told to the page when the
// form in it has been saved. Without script they are ordinary links.

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

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-desk-dialog]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});

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
  dialog.close();
  document.dispatchEvent(new CustomEvent("desk:saved"));
});
