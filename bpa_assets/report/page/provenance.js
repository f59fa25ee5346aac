// Where the report is from, and what every figure means: so that any of them can be traced.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;

  function definitions(report) {
    return html('dl', { class: 'definitions' }, Object.values(report.definitions).flatMap((one) => [html('dt', {}, one.title),
      html('dd', {}, html('p', {}, one.text), html('pre', { tabindex: 0, 'aria-label': 'Query: ' + one.title }, html('code', {}, one.sql)))]));
  }

  function libraries(report) {
    return html('ul', {}, report.libraries.map((one) => html('li', {}, html('details', {}, html('summary', {}, one.name + ' ' + one.version), html('pre', { tabindex: 0, 'aria-label': 'Licence of ' + one.name }, one.text)))));
  }

  function mount(element, report) {
    const { process } = report;
    const facts = [
      ['Process', process.key], ['Run', process.run_id], ['Refreshed', bpa.second(process.refreshed_at) + ' UTC'], ['Log', process.source_files.join(', ')],
      ['Fingerprint of log, configuration and version', process.fingerprint || '–'], ['bpa', process.version],
      ['Days are those of', process.timezone], ['Open cases are told by', process.open_rule === 'ends' ? 'the ends in process.yaml' : 'how cases usually end'],
      ['Times in the log', { wait: 'start and end', gap: 'one an event', mixed: 'start and end of some events' }[process.time_basis]],
    ];
    element.append(html('dl', { class: 'facts' }, facts.flatMap(([name, text]) => [html('dt', {}, name), html('dd', {}, html('bdi', {}, text || '–'))])),
      html('p', {}, 'Every figure is counted from the tables of this run, which are published in kpis.duckdb; the sign “i” beside a figure says what it is and gives the query. This file holds sums and examples, asks for nothing and sends nothing.'),
      bpa.folded('All definitions and queries', () => definitions(report)),
      bpa.folded('Libraries in this file, and their licences', () => libraries(report)));
  }

  bpa.provenance = { mount };
})();
