// The calibrated simulation beside the log: whether it may be asked what a change would do.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;
  const SHOWN = 12;
  const NAMES = {
    mean_cycle_seconds: 'Mean cycle time', p90_cycle_seconds: 'Cycle time, 90th percentile', work_in_progress: 'Work in progress', utilization: 'Utilization of people',
    mean_cycle_seconds_of_drawn_days: 'Mean cycle time, days of arrivals drawn', held_out_mean_cycle_seconds: 'Mean cycle time of later cases',
    held_out_hours: 'Cycle times of later cases, distance', held_out_hours_by_chance: 'The same distance by chance', drift_hours: 'Later cases from earlier ones, distance',
    ngd: 'Order of steps (NGD)', aedd: 'Times of events (AEDD)', cedd: 'Hours of the day (CEDD)', redd: 'Times since the start (REDD)', ctdd: 'Cycle times (CTDD)',
  };
  const DONE = '_of_cases_done_by_its_end';

  // What a measure is called: names of roles stay as they are.
  function called(name) {
    const plain = name.replace(/^public_/, '').replace(DONE, '');
    const told = NAMES[plain] || name.replace(/^utilization of/, 'Utilization of').replace(/^waiting by/, 'Waiting by').replaceAll('_', ' ');
    return told + (name.startsWith('public_') ? ', protocol of the papers' : '') + (name.endsWith(DONE) ? ', cases done by its end' : '');
  }

  const signed = (value, text) => (value < 0 ? '−' : value > 0 ? '+' : '±') + text(Math.abs(value));
  const number = (value) => String(Number(value.toPrecision(3)));

  // How a measure and its difference are written: durations and counts apart by a share, shares apart by points.
  function written(name) {
    const { duration, share } = bpa.wording;
    if (name.includes('seconds')) return [duration, (value) => signed(value, share)];
    if (name === 'work_in_progress') return [(value) => number(value) + ' cases', (value) => signed(value, share)];
    if (name.startsWith('utilization') || name.startsWith('waiting by')) return [share, (value) => signed(Math.round(value * 1000) / 10, number) + ' points'];
    return [number, name.includes('ngd') ? number : (value) => number(value) + ' h'];
  }

  function table(caption, rows) {
    const columns = [['Measure', false], ['Log', true], ['Simulation', true], ['Apart', true], ['Near enough', false]];
    return bpa.longTable(caption, columns, rows.map((one) => {
      const [figure, apart] = written(one.measure);
      const side = (value) => (value === null ? '' : figure(value));
      return [bpa.wording.shorten(called(one.measure), 120), side(one.real), side(one.simulated), apart(one.value), one.passed === null ? '' : one.passed ? 'yes' : 'no'];
    }), SHOWN);
  }

  const elsewhere = (one) => /^(public|held_out|drift)_/.test(one.measure);

  function mount(element, report) {
    const { measures, notes, passed } = report.simulation;
    if (!measures.length) element.append(html('p', { class: 'note' }, 'This process was not simulated.'));
    else {
      element.append(...bpa.lead(report, 'simulation', passed ? 'The simulation reproduces the log: it may be asked what a change would do.'
        : 'The simulation does not reproduce the log: it may not be asked what a change would do.', 'of all cases'),
      table('The log and its simulation', measures.filter((one) => !elsewhere(one))));
      const others = measures.filter(elsewhere);
      if (others.length) element.append(bpa.folded('Cases that it was not calibrated on', () => table('Cases that it was not calibrated on', others)));
    }
    if (notes.length) element.append(html('ul', { class: 'sentences' }, notes.map((one) => html('li', { dir: 'auto' }, one))));
  }

  bpa.simulation = { mount };
})();
