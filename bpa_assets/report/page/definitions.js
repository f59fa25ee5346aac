// The sign beside a figure that says what it is and how to get it from the database.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html, button } = bpa.elements;
  let made = 0;

  // A button that opens the definition of a figure; nothing if there is none.
  function about(report, name) {
    const definition = report.definitions[name];
    if (!definition) return null;
    made += 1;
    const id = 'definition-' + made;
    const title = html('p', { class: 'definition-title' }, definition.title);
    const panel = html('div', { id, popover: 'auto', class: 'definition', role: 'note' }, title,
      html('p', {}, definition.text),
      html('p', { class: 'muted' }, 'Ask for it: bpa sql "…"'),
      html('pre', { tabindex: 0, 'aria-label': 'Query: ' + definition.title }, html('code', {}, definition.sql)),
      button('Close', () => panel.hidePopover(), { class: 'quiet' }));
    const sign = html('button', { type: 'button', class: 'sign', popovertarget: id, 'aria-label': 'What is this: ' + definition.title }, html('span', { 'aria-hidden': 'true' }, 'i'));
    return html('span', { class: 'sign-holder' }, sign, panel);
  }

  // A heading with its definition; `scope` says of which cases the figures are.
  function heading(report, level, text, name, scope) {
    return html('div', { class: 'heading' }, html('h' + level, {}, text), about(report, name),
      scope ? html('span', { class: 'scope' }, scope) : null);
  }

  // The sentence below the title of a section, with its definition.
  function lead(report, name, text, scope) {
    return [html('p', { class: 'lead' }, text + ' ', about(report, name), scope ? html('span', { class: 'scope' }, scope) : null)];
  }

  Object.assign(bpa, { about, heading, lead });
})();
