// The data of the page: `report`, with the variants as objects instead of columns.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});

  // {id: [..], cases: [..]} -> [{id, cases}, ..]; a column that the log does not define is absent in every object.
  function unfold(columns) {
    const names = Object.keys(columns);
    return columns.id.map((_, row) => {
      const one = {};
      for (const name of names) one[name] = columns[name][row];
      return one;
    });
  }

  // [period, count, period, count, ..] -> [[period, count], ..]
  function pairs(flat) {
    const found = [];
    for (let place = 0; place < flat.length; place += 2) found.push([flat[place], flat[place + 1]]);
    return found;
  }

  function readReport() {
    const report = JSON.parse(document.getElementById('report').textContent);
    report.variants = unfold(report.variants);
    for (const variant of report.variants) {
      variant.arrivals = pairs(variant.arrivals);
      variant.completions = pairs(variant.completions);
      variant.samples = [];
    }
    for (const [variant, id, began, cycle, isOpen, events, rows] of report.sample.cases) {
      report.variants[variant].samples.push({ id, began, cycle, isOpen, events, rows });
    }
    return report;
  }

  bpa.readReport = readReport;
})();
