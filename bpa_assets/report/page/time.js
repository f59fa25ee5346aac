// What happened when: arrivals, completions, work in progress, cycle times; counted again by the filter.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;

  // Arrivals, completions and work in progress by period, of the cases that are on.
  function counts(report, filter) {
    const { time } = report;
    if (!filter.variants) return time;
    const arrivals = time.starts.map(() => 0);
    const completions = time.starts.map(() => 0);
    report.variants.forEach((variant, number) => {
      if (!filter.variants[number]) return;
      for (const [period, cases] of variant.arrivals) arrivals[period] += cases;
      for (const [period, cases] of variant.completions) completions[period] += cases;
    });
    let at = 0;
    return { ...time, arrivals, completions, wip: arrivals.map((began, period) => (at += began - completions[period])) };
  }

  // The figure with other values: `values` by trace.
  function withValues(figure, values) {
    const data = figure.data.map((trace, place) => ({ ...trace, y: values[place], hoverinfo: 'text', hovertext: trace.x.map((at, period) => hover(trace, at, values[place][period])) }));
    return { ...figure, data };
  }

  function hover(trace, at, value) {
    return value === null ? '' : at + ': ' + bpa.wording.count(value) + ' ' + trace.name;
  }

  function durations(figure) {
    const data = figure.data.map((trace) => ({ ...trace, hoverinfo: 'text', hovertext: trace.x.map((at, period) => (trace.y[period] === null ? '' : at + ': ' + trace.name + ' ' + bpa.wording.duration(trace.y[period]))) }));
    return { ...figure, data };
  }

  const LINES = [['median', '--bpa-text', 'solid'], ['mean', '--bpa-muted', 'dash'], ['p90', '--bpa-text', 'dot']];
  const NAMES = { median: 'median', mean: 'mean', p90: '90th percentile' };

  function histogram(report, times) {
    const figure = report.charts.cycle_histogram;
    const { width, cases, open_ended: openEnded } = report.cycle_time;
    const last = cases.length - 1;
    const [bars] = figure.data;
    const range = (bar) => (openEnded && bar === last ? 'at least ' + bpa.wording.duration(bar * width) : bpa.wording.duration(bar * width) + ' to ' + bpa.wording.duration((bar + 1) * width));
    const sign = times.exact ? '' : 'about ';
    const data = [{ ...bars, y: times.bars, hoverinfo: 'text', hovertext: times.bars.map((count, bar) => range(bar) + ': ' + sign + bpa.wording.cases(Math.round(count))) }];
    const inside = LINES.filter(([name]) => times[name] !== null && times[name] <= (last + 1) * width);
    const shapes = inside.map(([name, color, dash]) => ({ type: 'line', x0: times[name], x1: times[name], y0: 0, y1: 1, yref: 'paper', line: { color, dash, width: 1.5 } }));
    return { data, layout: { ...figure.layout, shapes } };
  }

  function legend(times) {
    return html('p', { class: 'muted legend' }, LINES.filter(([name]) => times[name] !== null).map(([name, , dash]) =>
      html('span', {}, html('span', { class: 'line ' + dash, 'aria-hidden': 'true' }), (times.exact || name === 'mean' ? '' : '≈ ') + bpa.wording.shortDuration(times[name]) + ' ' + NAMES[name] + ' ')));
  }

  function summary(word, values, starts) {
    const most = Math.max(...values);
    return word + ': most in ' + starts[values.indexOf(most)] + ' with ' + bpa.wording.count(most) + ', ' + bpa.wording.count(values[values.length - 1]) + ' in the last period';
  }

  function periodTable(report, filter) {
    const now = counts(report, filter);
    const all = report.time;
    const { count, duration } = bpa.wording;
    const columns = [[all.unit + ' from', false], ['Arrivals', true], ['Completions', true], ['In progress', true], ['Median cycle time, all cases', true], ['90th percentile, all cases', true]];
    const rows = all.starts.map((start, period) => [start, count(now.arrivals[period]), count(now.completions[period]), count(now.wip[period]), duration(all.median_cycle_seconds[period]), duration(all.p90_cycle_seconds[period])]);
    return bpa.longTable('Figures of each ' + all.unit, columns, rows, 400);
  }

  function histogramTable(report, filter) {
    const times = bpa.cycleTimes(report, filter);
    const { width } = report.cycle_time;
    return bpa.longTable('Closed cases by cycle time', [['From', false], ['Cases', true]],
      times.bars.map((cases, bar) => [bpa.wording.duration(bar * width), bpa.wording.count(cases)]), 100);
  }

  function mount(element, report, filter) {
    const arrivals = bpa.chart(report, 'arrivals', '');
    const wip = bpa.chart(report, 'wip', '');
    const cycle = bpa.chart(report, 'cycle_histogram', '');
    const byPeriod = bpa.chart(report, 'cycle_by_period', 'Median and 90th percentile of the cycle time of the cases completed in each ' + report.time.unit);
    const lines = html('div', {});
    const tables = html('div', { class: 'tools' });
    function show() {
      const now = counts(report, filter);
      const times = bpa.cycleTimes(report, filter);
      arrivals.update(withValues(report.charts.arrivals, [now.arrivals, now.completions]), summary('Arrivals a ' + now.unit, now.arrivals, now.starts) + '; ' + summary('completions', now.completions, now.starts));
      wip.update(withValues(report.charts.wip, [now.wip]), summary('Cases in progress at the end of a ' + now.unit, now.wip, now.starts));
      cycle.update(histogram(report, times), 'Histogram of the cycle times of ' + bpa.wording.cases(times.closed) + ': median ' + bpa.wording.duration(times.median) + ', mean ' + bpa.wording.duration(times.mean));
      byPeriod.update(durations(report.charts.cycle_by_period));
      lines.replaceChildren(legend(times));
      tables.replaceChildren(bpa.folded('Each ' + now.unit + ' as a table', () => periodTable(report, filter)), bpa.folded('Cycle times as a table', () => histogramTable(report, filter)));
    }
    const each = 'a ' + report.time.unit;
    element.append(html('div', { class: 'grid' },
      html('div', {}, bpa.heading(report, 3, 'Cycle times', 'cycle_histogram'), lines, cycle),
      html('div', {}, bpa.heading(report, 3, 'Arrivals and completions ' + each, 'arrivals'), arrivals),
      html('div', {}, bpa.heading(report, 3, 'Work in progress', 'wip'), wip),
      html('div', {}, bpa.heading(report, 3, 'Cycle time by ' + report.time.unit + ' of completion', 'cycle_by_period', 'of all cases'), byPeriod)), tables);
    filter.subscribe(show);
    show();
  }

  bpa.timeSection = { mount };
})();
