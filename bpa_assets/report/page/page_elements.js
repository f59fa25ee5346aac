// Elements made in one call. Text is always set as text: no name from a log is ever read as HTML.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const SVG = 'http://www.w3.org/2000/svg';

  function fill(made, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, '');
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  }

  // html('button', {type: 'button', onclick: f}, 'Fit')
  function html(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
  }

  function svg(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
  }

  function button(label, action, attributes) {
    return html('button', { type: 'button', onclick: action, ...attributes }, label);
  }

  // A select with its label: options are [value, text].
  function choice(label, options, chosen, changed) {
    const select = html(
      'select',
      { onchange: () => changed(select.value) },
      options.map(([value, text]) => html('option', { value, selected: value === chosen }, text)),
    );
    return html('label', { class: 'bpa-choice' }, label + ' ', select);
  }

  // A table of rows of texts; the first cell of a row is its header. Columns: [title, isNumber].
  function table(caption, columns, rows) {
    const cell = (text, place) =>
      html(place ? 'td' : 'th', { scope: place ? null : 'row', class: columns[place][1] ? 'bpa-number' : null, dir: columns[place][1] ? null : 'auto' }, text);
    return html(
      'div',
      { class: 'bpa-table-scroll', tabindex: 0, role: 'region', 'aria-label': caption },
      html(
        'table',
        {},
        html('caption', {}, caption),
        html('thead', {}, html('tr', {}, columns.map(([title, number]) => html('th', { scope: 'col', class: number ? 'bpa-number' : null }, title)))),
        html('tbody', {}, rows.map((row) => html('tr', {}, row.map(cell)))),
      ),
    );
  }

  // Lets a person save text as a file; nothing leaves the page.
  function save(name, type, text) {
    const link = html('a', { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // Fills the whole screen with an element, or gives it back; Escape does, too.
  function toggleFullSize(element) {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (element.requestFullscreen) element.requestFullscreen().catch(() => element.classList.toggle('bpa-full-size'));
    else element.classList.toggle('bpa-full-size');
  }

  bpa.elements = { html, svg, button, choice, table, save, toggleFullSize };
})();
