// Shows and hides the menu. On wide screens it stays as it was left; on small ones it opens over the page.

const KEY = "desk-menu";
const wide = window.matchMedia("(min-width: 64rem)");
const menu = document.getElementById("nav-sidebar");
const button = document.querySelector("[data-toggles-menu]");

function show(isOpen) {
  document.documentElement.dataset.menu = isOpen ? "open" : "closed";
  button?.setAttribute("aria-expanded", String(isOpen));
}

function settle() {
  show(wide.matches && localStorage.getItem(KEY) !== "closed");
}

if (menu && button) {
  settle();
  wide.addEventListener("change", settle);
  button.addEventListener("click", () => {
    const isOpen = document.documentElement.dataset.menu !== "open";
    show(isOpen);
    if (wide.matches) localStorage.setItem(KEY, isOpen ? "open" : "closed");
    else if (isOpen) menu.querySelector("a, button").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || wide.matches || document.documentElement.dataset.menu !== "open") return;
    show(false);
    button.focus();
  });
  document.getElementById("main").addEventListener("click", (event) => {
    if (!wide.matches && !event.target.closest("[data-toggles-menu]")) show(false);
  });
}
