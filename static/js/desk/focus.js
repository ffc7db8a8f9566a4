// The focal point of a picture, set by a click on it or with the arrow keys. The two number fields stay as they are: what
// is typed there moves the mark, and without script they are all there is.

const STEP = 5;

function findPreview(file) {
  let part = file;
  for (let up = 0; part && up < 4; up += 1) {
    const link = part.querySelector?.("a[href$='.jpg'], a[href$='.png']");
    if (link) return link.href;
    part = part.parentElement;
  }
  return "";
}

function place(stage, x, y) {
  stage.mark.style.left = `${x.value}%`;
  stage.mark.style.top = `${y.value}%`;
  stage.mark.setAttribute("aria-label", `Focal point: ${x.value}% from the left, ${y.value}% from the top. Arrow keys move it.`);
}

function write(field, value) {
  field.value = Math.max(0, Math.min(100, Math.round(value)));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function build() {
  const stage = document.createElement("div");
  stage.className = "focus-stage";
  stage.picture = Object.assign(document.createElement("img"), { alt: "The picture as it is now" });
  stage.mark = Object.assign(document.createElement("button"), { type: "button", className: "focus-mark" });
  stage.append(stage.picture, stage.mark);
  return stage;
}

function attach(x) {
  const prefix = x.name.replace(/_focus_x$/, "");
  const y = x.form?.elements[`${prefix}_focus_y`];
  const file = x.form?.elements[prefix];
  if (!y || !file) return;
  const stage = build();
  const address = findPreview(file);
  if (address) stage.picture.src = address;
  stage.hidden = !address;
  // Unfold squeezes the box around a file field to nothing; the row around it has room.
  (file.closest(".field-line")?.lastElementChild ?? file.parentElement).append(stage);

  stage.picture.addEventListener("click", (event) => {
    const box = stage.picture.getBoundingClientRect();
    write(x, (100 * (event.clientX - box.left)) / box.width);
    write(y, (100 * (event.clientY - box.top)) / box.height);
    stage.mark.focus();
  });
  stage.mark.addEventListener("keydown", (event) => {
    const [across, down] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] ?? [];
    if (across === undefined) return;
    event.preventDefault();
    write(x, Number(x.value) + across);
    write(y, Number(y.value) + down);
  });
  file.addEventListener("change", () => {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      stage.picture.src = reader.result;
      stage.hidden = false;
    });
    if (file.files[0]) reader.readAsDataURL(file.files[0]);
  });
  [x, y].forEach((field) => field.addEventListener("input", () => place(stage, x, y)));
  place(stage, x, y);
}

document.querySelectorAll("input[name$=_focus_x]").forEach(attach);
