// “Use theirs” in the panel of a form that was overtaken: puts their value into the form, rich text and autocompletes
// included. Without script their words stand in the panel to be copied.

function choose(select, values, labels) {
  for (const value of values.filter(Boolean)) {
    if (![...select.options].some((option) => option.value === value)) select.add(new Option(labels[value] ?? value, value));
  }
  for (const option of select.options) option.selected = values.includes(option.value);
  window.django?.jQuery(select).trigger("change");
}

function put(field, values, labels) {
  const editor = field.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]")?.editor;
  if (field instanceof HTMLSelectElement) choose(field, values, labels);
  else if (field.type === "checkbox") field.checked = values.includes(field.value);
  else field.value = values[0] ?? "";
  editor?.commands.setContent(field.value, { emitUpdate: true });
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const button of document.querySelectorAll("[data-use-theirs]")) {
  const { values, labels } = JSON.parse(button.parentElement.querySelector("script").textContent);
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const [name, texts] of Object.entries(values)) {
      const field = button.form.elements[name];
      if (field) put(field, texts, labels);
    }
    button.disabled = true;
    button.textContent = "Theirs is in the form";
  });
}
