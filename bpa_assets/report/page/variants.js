// The variants: share, cumulative share, durations, sequence; each opens to cases and their events.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html, button } = bpa.elements;
  const STEP = 10;
  const ORDERS = [
    ['cases', 'most cases', (variant) => -variant.cases],
    ['median', 'longest median', (variant) => -(variant.median_cycle_seconds ?? -Infinity)],
    ['steps', 'most steps', (variant) => -variant.path.length],
    ['few', 'fewest steps', (variant) => variant.path.length],
  ];

  function figure(label, text) {
    return html('div', {}, html('dt', {}, label), html('dd', {}, text));
  }

  // What is known of a variant and a model: nothing, that it fits, or that it deviates.
  function fit(fits, model) {
    if (fits === null) return null;
    return html('span', { class: fits ? 'tag good' : 'tag' }, (fits ? 'fits the ' : 'deviates from the ') + model);
  }

  function item(report, state, number, cumulative) {
    const { share, shortDuration, count } = bpa.wording;
    const variant = report.variants[number];
    const part = variant.cases / state.total;
    const cases = html('div', {});
    const open = button('Cases', () => {
      const shown = open.getAttribute('aria-expanded') === 'true';
      open.setAttribute('aria-expanded', String(!shown));
      cases.replaceChildren(...(shown ? [] : [bpa.caseList(report, variant)]));
    }, { 'aria-expanded': 'false', 'aria-label': 'Cases of variant ' + (number + 1), class: 'quiet' });
    const choose = html('label', { class: 'choose' }, html('input', {
      type: 'checkbox', checked: state.chosen.has(number),
      onchange: (event) => { if (event.target.checked) state.chosen.add(number); else state.chosen.delete(number); state.changed(); },
    }), html('span', {}, 'Variant ' + (number + 1)));
    return html('li', { class: 'variant' },
      html('div', { class: 'variant-head' }, choose, fit(variant.fits, 'model'), fit(variant.fits_reference, 'reference'),
        html('dl', { class: 'figures' }, figure('Cases', count(variant.cases)), figure('Share', share(part)), figure('Cumulative', share(cumulative)),
          figure('Median', shortDuration(variant.median_cycle_seconds)), figure('Mean', shortDuration(variant.mean_cycle_seconds))),
        open),
      html('div', { class: 'share', 'aria-hidden': 'true' }, bpa.bar(part)),
      bpa.chips.sequence(report, variant.path), cases);
  }

  function ordered(report, filter, order) {
    const by = ORDERS.find(([name]) => name === order)[2];
    return report.variants.map((_, number) => number).filter((number) => filter.isOn(number))
      .sort((one, other) => by(report.variants[one]) - by(report.variants[other]) || one - other);
  }

  function mount(element, report, filter) {
    const state = { total: 0, chosen: new Set(), order: 'cases', shown: STEP };
    const list = html('ol', { class: 'variants' });
    const told = html('p', { class: 'muted', role: 'status' });
    const more = button('Show more', () => { state.shown += STEP * 2; show(); }, {});
    const only = button('', () => {
      const numbers = [...state.chosen].sort((one, other) => one - other);
      state.chosen.clear();
      filter.add({ kind: 'chosen', numbers });
    }, {});
    state.changed = () => {
      only.hidden = !state.chosen.size;
      only.textContent = 'Filter by ' + (state.chosen.size === 1 ? 'the chosen variant' : 'the ' + state.chosen.size + ' chosen variants');
    };
    function show() {
      const { count, share } = bpa.wording;
      const numbers = ordered(report, filter, state.order);
      state.total = filter.cases;
      let reached = 0;
      const cumulative = numbers.map((number) => (reached += report.variants[number].cases) / state.total);
      const shown = numbers.slice(0, state.shown);
      list.replaceChildren(...shown.map((number, place) => item(report, state, number, cumulative[place])));
      const rare = filter.variants ? 0 : report.variants_left_out.variants;
      told.textContent = shown.length + ' of ' + count(numbers.length + rare) + ' variants' +
        (shown.length ? ', with ' + share(cumulative[shown.length - 1]) + ' of the cases' : '') +
        (rare ? '; the ' + count(rare) + ' rarest are carried in sum only' : '');
      more.hidden = shown.length >= numbers.length;
      state.changed();
    }
    const order = bpa.elements.choice('Order', ORDERS.map(([name, text]) => [name, text]), state.order, (value) => { state.order = value; state.shown = STEP; show(); });
    element.append(...bpa.lead(report, 'variants', 'Which ways cases took, and how long those are. Repetitions side by side are drawn as ×2.'),
      html('div', { class: 'tools' }, order, only), list, html('div', { class: 'tools' }, more, told));
    filter.subscribe(() => { state.shown = STEP; state.chosen.clear(); show(); });
    show();
  }

  bpa.variantList = { mount };
})();
