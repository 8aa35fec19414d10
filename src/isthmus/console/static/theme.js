// Before anything is drawn: the colours that were chosen last, so that nothing flashes.
(() => {
  const kept = localStorage.getItem("isthmus-theme");
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
})();
