// How far the log can be believed: what became of every record, what was found, what was filled in.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;

  const PARTS = [
    ['rows_read', '', 'records read'], ['events', '=', 'events'], ['inserted_events', '−', 'inserted events'],
    ['rejected_events', '+', 'rejected records'], ['rows_paired', '+', 'merged into their row'],
  ];

  function accounts(report) {
    const found = report.quality.accounts;
    return html('p', { class: 'sum' }, PARTS.filter(([name]) => name !== 'inserted_events' || found[name]).map(([name, sign, words]) =>
      html('span', {}, sign ? html('span', { class: 'sign-of-sum' }, sign) : null, html('strong', {}, bpa.wording.count(found[name])), ' ' + words + ' ')));
  }

  function place([file, row, value]) {
    return file + ', row ' + row + (value ? ': ' + bpa.wording.shorten(value, 80) : '');
  }

  function examples(list) {
    return list.length ? html('ul', { class: 'plain' }, list.slice(0, 3).map((one) => html('li', { dir: 'auto' }, place(one)))) : '';
  }

  function issues(report) {
    const columns = [['Pattern', false], ['Severity', false], ['Column', false], ['Found', true], ['Share', true], ['What was found', false], ['What was done', false], ['For example', false]];
    const rows = report.quality.issues.map((one) => [one.check_name.replaceAll('_', ' '), html('span', { class: 'tag ' + one.severity }, one.severity), one.column_name,
      bpa.wording.count(one.rows) + ' ' + one.unit, bpa.wording.share(one.share), bpa.wording.shorten(one.description, 600), one.action, examples(one.examples)]);
    return rows.length ? bpa.longTable('Patterns of imperfection, the gravest first', columns, rows, 8) : html('p', { class: 'note' }, 'No pattern of imperfection was found.');
  }

  function imputation(report) {
    const { share, count } = bpa.wording;
    const columns = [['Column', false], ['Absent', true], ['Filled in', true], ['Expected right', true], ['The plain guess', true], ['With', false]];
    const rows = report.quality.imputation.map((one) => [one.column_name, count(one.rows_absent), count(one.filled), share(one.accuracy), share(one.plain_accuracy),
      one.filled ? one.context : 'nothing: ' + (one.abstained_because || '')]);
    return rows.length ? bpa.longTable('Columns with absent values that were expected', columns, rows, 20) : html('p', {}, 'No value was absent where one was expected.');
  }

  function rejected(report) {
    const rows = report.quality.rejected.map((one) => [bpa.wording.shorten(one.reason, 200), bpa.wording.count(one.rows), examples(one.examples)]);
    return rows.length ? bpa.longTable('Rejected records by reason', [['Reason', false], ['Records', true], ['For example', false]], rows, 8) : html('p', {}, 'No record was rejected.');
  }

  function mount(element, report) {
    const { findings } = report.quality;
    element.append(bpa.heading(report, 3, 'What became of every record', 'accounts', 'of all cases'), accounts(report),
      bpa.heading(report, 3, 'Rejected', 'rejected'), rejected(report),
      bpa.heading(report, 3, 'Filled in', 'imputation'), imputation(report),
      bpa.heading(report, 3, 'Found in the log', 'issues'), issues(report),
      html('p', {}, html('a', { href: 'quality/' + report.process.run_id + '.html' }, 'All checks of the log, with their limits'), ' (beside this file)'));
    if (findings.length) element.append(bpa.folded('What was inferred or assumed (' + findings.length + ')', () => html('ul', {}, findings.map((one) => html('li', { dir: 'auto' }, one)))));
  }

  bpa.quality = { mount };
})();
