// Rows that can be dragged can also be moved by keyboard: each gets two buttons. The order is written into the hidden
// number of every row, as dragging does.

for (const list of document.querySelectorAll(".formset[data-ordering-field]")) {
  const field = list.dataset.orderingField;
  const rows = () => [...list.querySelectorAll(":scope > .form-group:not(.empty-form)")];

  const number = () => {
    rows().forEach((row, index) => {
      const input = row.querySelector(`input[name$="-${field}"]`);
      if (input) input.value = index;
    });
    list.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const move = (row, step) => {
    const all = rows();
    const other = all[all.indexOf(row) + step];
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    number();
    row.querySelector(`.desk-move[data-step="${step}"]`).focus();
  };

  const equip = (row) => {
    const title = row.querySelector("h3");
    if (!title || row.querySelector(".desk-move")) return;
    const name = title.querySelector("strong")?.textContent.trim() || "this row";
    const buttons = [[-1, "↑", "up"], [1, "↓", "down"]].map(([step, sign, way]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "desk-move", textContent: sign });
      button.dataset.step = step;
      button.setAttribute("aria-label", `Move ${name} ${way}`);
      button.addEventListener("click", () => move(row, step));
      return button;
    });
    title.firstElementChild.after(...buttons);
  };

  rows().forEach(equip);
  window.django?.jQuery(document).on("formset:added", (event) => rows().forEach(equip));
}
