// How well the models and the log agree.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html, button } = bpa.elements;
  const FIGURES = ['fitness', 'precision', 'f1', 'generalization', 'simplicity'];
  const SHOWN = 10;

  function number(value) {
    return value === null || value === undefined ? '–' : value.toFixed(2);
  }

  function model(report, one) {
    const aligned = one.aligned_share === null ? '' : 'Figures of ' + bpa.wording.share(one.aligned_share) + ' of the cases';
    const size = one.activities ? ', ' + one.activities + ' activities in it' : '';
    return html('div', {},
      html('p', {}, html('strong', {}, one.model === 'discovered' ? 'Mined model' : one.model), ': ' + (one.candidate || '') + (one.sound ? ', proven sound' : '') + size + '. ' + aligned + '.'),
      html('div', { class: 'cards' }, FIGURES.map((name) => html('div', { class: 'card' },
        html('h3', {}, report.definitions[name].title + ' ', bpa.about(report, name)), html('div', { class: 'value' }, number(one[name])), bpa.bar(one[name])))));
  }

  function deviations(report, filter) {
    const { count, share } = bpa.wording;
    const found = report.conformance.deviations;
    if (!found.length) return html('p', { class: 'note' }, 'No case that could be aligned leaves the mined model.');
    const columns = [['Activity', false], ['Deviation', false], ['Cases', true], ['Of all', true], ['Variants', true], ['Filter', false]];
    const rows = found.map((one) => {
      const skipped = one.kind === 'skipped';
      const criterion = { kind: skipped ? 'lacks' : 'contains', activity: one.activity };
      return [html('bdi', {}, bpa.wording.shorten(one.label, 120)), one.kind, count(one.cases), share(one.cases / report.kpis.cases), count(one.variants),
        one.activity === null || one.activity === undefined ? '' : button(skipped ? 'Cases without it' : 'Cases with it', () => filter.add(criterion), { class: 'quiet', 'aria-label': (skipped ? 'Cases without it: ' : 'Cases with it: ') + one.label.slice(0, 80) })];
    });
    return bpa.longTable('Where cases leave the mined model', columns, rows, SHOWN);
  }

  function candidates(report) {
    const columns = [['Candidate', false], ['Taken', false], ['Fitness', true], ['Precision', true], ['F1', true], ['Nodes', true], ['Refused because', false]];
    return bpa.longTable('Models that were tried', columns, report.conformance.candidates.map((one) =>
      [one.candidate, one.taken ? 'yes' : '', number(one.fitness), number(one.precision), number(one.f1), one.nodes === null ? '–' : String(one.nodes), one.refused_because || '']), 30);
  }

  // Tables of a reference model as they are: one a section, its columns by name.
  function reference(report) {
    return Object.entries(report.conformance.reference).filter(([, rows]) => rows.length).map(([name, rows]) => {
      const names = Object.keys(rows[0]);
      const written = (value) => (value === null ? '–' : typeof value === 'number' ? String(Number(value.toPrecision(4))) : typeof value === 'object' ? JSON.stringify(value) : String(value));
      return bpa.longTable(name.replaceAll('_', ' '), names.map((one) => [one.replaceAll('_', ' '), typeof rows[0][one] === 'number']), rows.map((row) => names.map((one) => written(row[one]))), SHOWN);
    });
  }

  function mount(element, report, filter) {
    const { models, candidates: tried } = report.conformance;
    element.append(...(models.length ? models.map((one) => model(report, one)) : [html('p', { class: 'note' }, 'This run has no mined model.')]),
      bpa.heading(report, 3, 'Deviations', 'deviations', 'of all cases'), deviations(report, filter), ...reference(report));
    if (tried.length) element.append(bpa.folded('Models that were tried (' + tried.length + ')', () => candidates(report)));
  }

  bpa.conformance = { mount };
})();
