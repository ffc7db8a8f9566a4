// Small things everywhere in the desk.

// Told to the server, which prints times in it where they matter.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
document.cookie = `desk_zone=${zone}; path=/admin/; max-age=31536000; samesite=lax`;

// Times are printed in the site's zone. Somebody who sits in another is told their own beside it.
function tellOwnTime(time) {
  const at = new Date(time.dateTime);
  const [, sign, hours, minutes] = time.dateTime.match(/([+-])(\d\d):(\d\d)$/) ?? [];
  const offset = hours ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
  if (Number.isNaN(at.valueOf()) || offset === -at.getTimezoneOffset()) return;
  const own = new Intl.DateTimeFormat("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });
  time.append(` (${own.format(at)} where you are)`);
}

// What the label of a field's row says, without the asterisk.
function rowName(field) {
  const label = field.closest(".field-row, .form-row")?.querySelector("label, legend");
  return label?.textContent.replace("*", "").trim() || "";
}

function name(element, words) {
  if (words && element.getAttribute("aria-label") !== words) element.setAttribute("aria-label", words);
}

// Select2 shows no label to assistive technology, and puts a span among the items of a list.
function mendChooser(chooser) {
  const field = chooser.previousElementSibling;
  const words = field?.labels?.[0]?.textContent.replace("*", "").trim() || rowName(chooser) || "Choose";
  chooser.querySelectorAll(".select2-search__field, [role=combobox], [role=textbox]").forEach((part) => name(part, words));
  chooser.querySelectorAll("ul.select2-selection__rendered").forEach((list) => {
    for (const part of [list, ...list.querySelectorAll("li")]) {
      if (part.getAttribute("role") !== "none") part.setAttribute("role", "none");
    }
  });
}

// Icons are words in a font of pictures, which nobody wants to hear.
function hideIcons() {
  document.querySelectorAll(".material-symbols-outlined:not([aria-hidden])").forEach((icon) => {
    const around = icon.closest("a, button");
    if (around && around.textContent.trim() === icon.textContent.trim()) name(around, around.getAttribute("aria-label") || around.title || icon.textContent.trim());
    icon.setAttribute("aria-hidden", "true");
  });
}

// Fields that their makers left without a name: rich texts, the two halves of a moment.
function mendFields() {
  hideIcons();
  document.querySelectorAll(".help-tooltip[aria-label]:not([role])").forEach((mark) => mark.setAttribute("role", "img"));
  document.querySelectorAll(".select2-container").forEach(mendChooser);
  document.querySelectorAll(".ProseMirror").forEach((text) => name(text, rowName(text) || "Text"));
  document.querySelectorAll(".vDateField, .vTimeField").forEach((field) => {
    if (field.labels.length === 0) name(field, `${rowName(field)}: ${field.classList.contains("vDateField") ? "date" : "time"}`);
  });
}

document.querySelectorAll("time[data-own-zone]").forEach(tellOwnTime);
window.addEventListener("load", () => {
  mendFields();
  new MutationObserver(mendFields).observe(document.body, { childList: true, subtree: true });
});
