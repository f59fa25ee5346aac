// How well the models and the log agree: the mined one, and the reference where there is one.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html, button } = bpa.elements;
  const FIGURES = ['fitness', 'precision', 'f1', 'generalization', 'simplicity'];
  const ACCURACY = ['activities_accuracy', 'relations_accuracy'];
  const NAMES = { discovered: 'Mined model', reference: 'Reference model' };
  const SHOWN = 10;

  function number(value) {
    return value === null || value === undefined ? '–' : value.toFixed(2);
  }

  function told(one) {
    const facts = [one.candidate, one.sound ? 'proven sound' : null, one.activities ? one.activities + ' activities in it' : null].filter(Boolean);
    const aligned = one.aligned_share === null ? '' : ' Figures of ' + bpa.wording.share(one.aligned_share) + ' of the cases.';
    return html('p', {}, html('strong', {}, NAMES[one.model] || one.model), ': ', html('bdi', {}, facts.join(', ')), '.' + aligned + (one.assumptions ? ' ' + one.assumptions : ''));
  }

  function model(report, one) {
    const names = [...FIGURES, ...ACCURACY.filter((name) => one[name] !== null && one[name] !== undefined)];
    return html('div', { class: 'model-figures' }, told(one), html('div', { class: 'cards' }, names.map((name) => html('div', { class: 'card' },
      html('h3', {}, report.definitions[name].title + ' ', bpa.about(report, name)), html('div', { class: 'value' }, number(one[name])), bpa.bar(one[name])))));
  }

  function only(filter, one) {
    if (one.activity === null || one.activity === undefined) return '';
    const skipped = one.kind === 'skipped';
    const text = skipped ? 'Cases without it' : 'Cases with it';
    return button(text, () => filter.add({ kind: skipped ? 'lacks' : 'contains', activity: one.activity }), { class: 'quiet', 'aria-label': text + ': ' + bpa.wording.shorten(one.label, 80) });
  }

  // A difference of medians, with its sign: what cases with the deviation take longer or shorter than the others.
  function difference(seconds) {
    if (seconds === null || seconds === undefined) return '–';
    return (seconds > 0 ? '+' : '') + bpa.wording.duration(seconds);
  }

  function deviations(report, filter, which, found) {
    const { count, share } = bpa.wording;
    const title = 'Where cases leave the ' + NAMES[which].toLowerCase();
    if (!found.length) return html('p', { class: 'note' }, 'No case that could be aligned leaves the ' + NAMES[which].toLowerCase() + '.');
    const withEffects = found.some((one) => one.difference_seconds !== null);
    const withAccepted = found.some((one) => one.accepted);
    const columns = [['Activity', false], ['Deviation', false], ['Cases', true], ['Of all', true], ['Variants', true],
      ...(withAccepted ? [['Accepted', true]] : []), ...(withEffects ? [['Median cycle time of cases with it', true]] : []), ['Filter', false]];
    const rows = found.map((one) => [html('bdi', {}, bpa.wording.shorten(one.label, 120)), one.kind, count(one.cases), share(one.cases / report.kpis.cases), count(one.variants),
      ...(withAccepted ? [count(one.accepted)] : []), ...(withEffects ? [difference(one.difference_seconds)] : []), only(filter, one)]);
    return bpa.longTable(title, columns, rows, SHOWN);
  }

  function labels(report) {
    return bpa.longTable('Labels of the reference model and the activities they mean', [['Label', false], ['Activity', false], ['Matched', false]],
      report.conformance.labels.map((one) => [bpa.wording.shorten(one.reference_label, 120), one.activity === null ? 'none' : bpa.wording.shorten(one.activity, 120), one.how || '']), 20);
  }

  function candidates(report) {
    const columns = [['Candidate', false], ['Taken', false], ['Fitness', true], ['Precision', true], ['F1', true], ['Nodes', true], ['Refused because', false]];
    return bpa.longTable('Models that were tried', columns, report.conformance.candidates.map((one) =>
      [one.candidate, one.taken ? 'yes' : '', number(one.fitness), number(one.precision), number(one.f1), one.nodes === null ? '–' : String(one.nodes), one.refused_because || '']), 30);
  }

  function mount(element, report, filter) {
    const { models, candidates: tried, deviations: found, labels: matched } = report.conformance;
    element.append(...(models.length ? models.map((one) => model(report, one)) : [html('p', { class: 'note' }, 'This run has no mined model.')]));
    for (const [which, rows] of Object.entries(found)) {
      element.append(bpa.heading(report, 3, 'Deviations from the ' + NAMES[which].toLowerCase(), which === 'discovered' ? 'deviations' : 'reference_deviations', 'of all cases'), deviations(report, filter, which, rows));
    }
    if (matched.length) element.append(bpa.folded('Labels of the reference model (' + matched.length + ')', () => labels(report)));
    if (tried.length) element.append(bpa.folded('Models that were tried (' + tried.length + ')', () => candidates(report)));
  }

  bpa.conformance = { mount };
})();
