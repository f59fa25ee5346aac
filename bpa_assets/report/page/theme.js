// Light or dark: what the system says, until a person says otherwise. Paper is light.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { button } = bpa.elements;
  const KEY = 'bpa-theme';
  const system = window.matchMedia('(prefers-color-scheme: dark)');

  // A browser may forbid a file to remember anything.
  function remembered() {
    try { return window.localStorage.getItem(KEY); } catch { return null; }
  }

  function remember(theme) {
    try { window.localStorage.setItem(KEY, theme); } catch { /* it is forgotten with the page */ }
  }

  function mount(element) {
    let chosen = remembered();
    const toggle = button('', () => { chosen = now() === 'dark' ? 'light' : 'dark'; remember(chosen); show(); }, { class: 'quiet' });
    const now = () => chosen || (system.matches ? 'dark' : 'light');
    function apply(theme) {
      document.documentElement.dataset.theme = theme;
      bpa.drawCharts();
    }
    function show() {
      toggle.textContent = now() === 'dark' ? 'Light' : 'Dark';
      toggle.setAttribute('aria-label', toggle.textContent + ' colours');
      apply(now());
    }
    system.addEventListener('change', show);
    window.addEventListener('beforeprint', () => apply('light'));
    window.addEventListener('afterprint', show);
    element.append(toggle);
    show();
  }

  bpa.theme = { mount };
})();
