// Wears the right colours from the first paint on: those a person chose, else the system's.
// The app hands in choices through the root's `data-chosen` and is told when others are worn;
// src/edge/theme.rs is its other half.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');

  const kept = () => {
    try {
      return localStorage.getItem('atomvm-console.theme');
    } catch {
      return null; // Storage is forbidden here, so nothing was ever chosen.
    }
  };

  const wear = () => {
    const { chosen } = root.dataset;
    const isDark = chosen === 'dark' || (chosen === 'system' && system.matches);
    root.dataset.theme = isDark ? 'dark' : 'light';
    for (const meta of document.querySelectorAll('meta[data-theme]')) {
      meta.media = meta.dataset.theme === root.dataset.theme ? 'all' : 'not all';
    }
    dispatchEvent(new Event('theme:worn'));
  };

  root.dataset.chosen = kept() ?? 'system';
  wear();
  system.addEventListener('change', wear);
  addEventListener('theme:chosen', wear);
})();
