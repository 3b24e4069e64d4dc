// Runs in <head>, before paint: the saved choice, or else what the system prefers.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const bar = { light: "#ffffff", dark: "#131c2d" };

  // Storage may be closed to us (private windows, policies); the page then follows the system.
  const saved = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const save = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* not kept */ } };

  const show = () => {
    const theme = saved() || (system.matches ? "dark" : "light");
    root.dataset.bsTheme = theme;
    document.querySelectorAll('meta[name="theme-color"]').forEach((meta) => { meta.content = bar[theme]; });
  };

  show();
  system.addEventListener("change", show);
  addEventListener("storage", (event) => { if (event.key === "theme") show(); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    save(root.dataset.bsTheme === "dark" ? "light" : "dark");
    show();
  });
})();
