// Tables with bars in cells, rows that come when asked for, and text that stays text.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html, button } = bpa.elements;

  // A bar as long as a share of its place; the number stands beside it.
  function bar(share) {
    const drawn = html('span', { class: 'bar-fill' });
    drawn.style.width = Math.max(0, Math.min(1, share || 0)) * 100 + '%';
    return html('span', { class: 'bar-holder', 'aria-hidden': 'true' }, drawn);
  }

  // columns: [title, isNumber]; rows: arrays of texts or elements, the first of a row is its header.
  // Only the first `most` rows are shown until a person asks for all.
  function longTable(caption, columns, rows, most) {
    const cell = (content, place) => html(place ? 'td' : 'th', {
      scope: place ? null : 'row', class: columns[place][1] ? 'bpa-number' : null, dir: columns[place][1] || typeof content !== 'string' ? null : 'auto',
    }, content);
    const line = (row) => html('tr', {}, row.map(cell));
    const body = html('tbody', {}, rows.slice(0, most).map(line));
    const scroll = html('div', { class: 'bpa-table-scroll', tabindex: 0, role: 'region', 'aria-label': caption },
      html('table', {}, html('caption', {}, caption),
        html('thead', {}, html('tr', {}, columns.map(([title, number]) => html('th', { scope: 'col', class: number ? 'bpa-number' : null }, title)))), body));
    if (rows.length <= most) return scroll;
    const all = button('Show all ' + bpa.wording.count(rows.length), () => { body.append(...rows.slice(most).map(line)); all.remove(); }, { class: 'quiet' });
    return html('div', {}, scroll, all);
  }

  // A table that is only there when a person opens it.
  function folded(title, table) {
    const holder = html('details', { class: 'fold' }, html('summary', {}, title));
    holder.addEventListener('toggle', () => { if (holder.open && holder.children.length === 1) holder.append(table()); });
    return holder;
  }

  Object.assign(bpa, { bar, longTable, folded });
})();
