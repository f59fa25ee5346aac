// The bar that says how many cases are on, and by what; a form adds a criterion.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html, button } = bpa.elements;

  // A select with a label that only screen readers read; options are [value, text].
  function select(label, options, changed) {
    const box = html('select', { 'aria-label': label, onchange: () => changed && changed() },
      options.map(([value, text]) => html('option', { value, dir: 'auto' }, text)));
    return box;
  }

  function form(report, filter) {
    const kinds = Object.entries(bpa.filterKinds).filter(([kind]) => kind !== 'chosen')
      .filter(([, { needs }]) => !needs || report.variants.some((one) => one[needs] !== null))
      .map(([kind, one]) => [kind, one.text]);
    const names = report.activities.map((one, number) => [number, bpa.wording.shorten(one.name, 80)]);
    const kind = select('Cases that', kinds, shown);
    const activity = select('Activity', names);
    const next = select('Next activity', names);
    const to = html('span', {}, 'to');
    function shown() {
      const activities = bpa.filterKinds[kind.value].activities;
      activity.hidden = activities < 1;
      next.hidden = to.hidden = activities < 2;
    }
    function add(event) {
      event.preventDefault();
      const { activities } = bpa.filterKinds[kind.value];
      const one = { kind: kind.value };
      if (activities > 0) one.activity = Number(activity.value);
      if (activities > 1) one.next = Number(next.value);
      filter.add(one);
    }
    shown();
    return html('form', { class: 'filter-form', onsubmit: add }, html('span', {}, 'Only cases that'), kind, activity, to, next,
      html('button', { type: 'submit' }, 'Add'));
  }

  function said(report, filter) {
    const { count } = bpa.wording;
    if (!filter.variants) return 'All ' + bpa.wording.cases(filter.totalCases);
    const rare = report.variants_left_out.cases;
    return count(filter.cases) + ' of ' + bpa.wording.cases(filter.totalCases) +
      (rare ? ' (without ' + count(rare) + ' of rare variants, which are carried in sum only)' : '');
  }

  function mount(element, report, filter) {
    const status = html('p', { role: 'status', class: 'filter-status' });
    const chips = html('ul', { class: 'criteria', 'aria-label': 'Criteria of the filter' });
    const clear = button('Clear filter', () => filter.clear(), { class: 'quiet' });
    const panel = html('details', { class: 'filter-panel' }, html('summary', {}, 'Filter'), form(report, filter));
    function show() {
      status.textContent = said(report, filter);
      chips.replaceChildren(...filter.criteria.map((one) => html('li', {}, html('span', { dir: 'auto' }, filter.words(one)),
        button('×', () => { filter.remove(one); panel.firstChild.focus(); }, { 'aria-label': 'Remove: cases that ' + filter.words(one), class: 'remove' }))));
      clear.hidden = !filter.variants;
      chips.hidden = !filter.variants;
      element.classList.toggle('on', Boolean(filter.variants));
    }
    element.setAttribute('role', 'region');
    element.setAttribute('aria-label', 'Filter of the report');
    element.append(panel, status, chips, clear);
    filter.subscribe(show);
    show();
  }

  bpa.filterBar = { mount };
})();
