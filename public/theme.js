// Puts the right colours on before the first paint: those a person chose, else the system's.
// Runs before the app; src/edge/theme.rs keeps the same key and attribute.
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const wear = () => {
    let chosen = null;
    try {
      chosen = localStorage.getItem('atomvm-console.theme');
    } catch {
      // Storage may be forbidden; then nothing was chosen.
    }
    const isDark = chosen === 'dark' || (chosen !== 'light' && system.matches);
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  };
  wear();
  system.addEventListener('change', wear);
})();
