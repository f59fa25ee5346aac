// Example cases of a variant, each with its events.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;

  function places(variant) {
    if (variant.samples.length < 3 || variant.cases <= 3) return variant.samples.map(() => '');
    return ['quickest', 'middle', 'slowest'];
  }

  function events(report, one) {
    const { duration } = bpa.wording;
    const who = (number) => (number < 0 ? '–' : report.sample.resources[number]);
    const named = one.rows.some((row) => row[4] >= 0);
    const columns = [['Activity', false], ['Start (UTC)', false], ['Since the case began', true], ['Waiting before', true], ['Work', true], ...(named ? [['Resource', false]] : []), ['Filled in', true]];
    const rows = one.rows.map(([activity, start, end, waiting, resource, imputed]) => [
      bpa.wording.shorten(report.activities[activity].name, 200), bpa.second(one.began + start), duration(start), duration(waiting), duration(end - start),
      ...(named ? [who(resource)] : []), imputed ? String(imputed) : '',
    ]);
    return bpa.elements.table('Events of case ' + bpa.wording.shorten(one.id, 80), columns, rows);
  }

  function caseItem(report, one, place) {
    const cut = one.events - one.rows.length;
    const summary = html('summary', {}, html('bdi', { class: 'case-id' }, bpa.wording.shorten(one.id, 120)), ' ', place ? html('span', { class: 'tag' }, place) : null,
      html('span', { class: 'muted' }, ' ' + (one.isOpen ? 'open, so far ' : '') + bpa.wording.duration(one.cycle) + ', began ' + bpa.moment(one.began)));
    const item = html('details', { class: 'case' }, summary);
    item.addEventListener('toggle', () => {
      if (!item.open || item.children.length > 1) return;
      item.append(events(report, one));
      if (cut > 0) item.append(html('p', { class: 'muted' }, 'Its other ' + bpa.wording.count(cut) + ' events are in the database.'));
    });
    return item;
  }

  function caseList(report, variant) {
    if (!variant.samples.length) {
      return html('div', { class: 'cases' }, html('p', {}, 'The report carries no example of this variant. Ask for its cases: '),
        html('pre', { tabindex: 0, 'aria-label': 'Query: cases of this variant' }, html('code', {}, "select * from fct_case where process = '" + report.process.key + "' and variant_id = '" + variant.id + "'")));
    }
    const named = places(variant);
    return html('div', { class: 'cases' }, html('p', { class: 'muted' }, 'Examples ', bpa.about(report, 'sample')),
      variant.samples.map((one, place) => caseItem(report, one, named[place])));
  }

  Object.assign(bpa, { caseList, caseItem });
})();
