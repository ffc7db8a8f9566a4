// A long list of choices gets a field that narrows it as one types. Without script the list is simply long.
for (const picker of document.querySelectorAll("[data-narrow]")) {
  const labels = [...picker.querySelectorAll(".choices label")];
  if (labels.length < 12) continue;
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = picker.dataset.narrow;
  field.setAttribute("aria-label", picker.dataset.narrow);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase();
    for (const label of labels) label.hidden = !label.textContent.toLowerCase().includes(words) && !label.querySelector("input").checked;
  });
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  picker.querySelector(".choices").before(field);
}
