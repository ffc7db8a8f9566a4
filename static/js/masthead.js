// Light or dark by hand. Follows the system until the reader chooses; the choice stays on the device.
// A field that brings a script, as that of the search does, gets it when somebody comes to it.
addEventListener("focusin", ({ target }) => target.dataset.script && import(target.dataset.script));
{
  const root = document.documentElement;
  const remember = {
    read() { try { return localStorage.getItem("theme"); } catch { return null; } },
    write(theme) { try { localStorage.setItem("theme", theme); } catch { /* storage is switched off: lasts for this page */ } },
  };
  const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

  if (["light", "dark"].includes(remember.read())) root.dataset.theme = remember.read();

  addEventListener("DOMContentLoaded", () => {
    const toggle = document.querySelector(".theme-toggle");
    if (!toggle) return;
    const show = () => toggle.setAttribute("aria-pressed", String(isDark()));
    toggle.setAttribute("aria-label", "Dark colours");
    toggle.hidden = false;
    show();
    toggle.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember.write(root.dataset.theme);
      show();
    });
  });
}
