// What waiting goes along with: hours of the week, people, handovers, repetitions, broken limits.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;
  const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
  const SHOWN = 10;

  function name(report, activity) {
    return html('bdi', {}, bpa.wording.shorten(report.activities[activity].name, 120));
  }

  const who = (text) => html('bdi', {}, text === null ? 'nobody named' : bpa.wording.shorten(text, 80));

  // The week as a table: mean waiting of what began to wait in each hour; the darker, the longer.
  function week(cells, zone) {
    const { shortDuration, count } = bpa.wording;
    const found = new Map(cells.map(([day, hour, rows, seconds]) => [day + ' ' + hour, { rows, mean: seconds / rows }]));
    const most = Math.max(0, ...cells.map(([, , rows, seconds]) => seconds / rows));
    const cell = (day, hour) => {
      const one = found.get(day + 1 + ' ' + hour);
      if (!one) return html('td', {}, '');
      const step = most ? Math.min(5, Math.floor((one.mean / most) * 6)) : 0;
      return html('td', { class: 'heat heat-step-' + step, title: DAYS[day] + ', ' + hour + ':00: ' + count(one.rows) + ' rows, mean ' + bpa.wording.duration(one.mean) }, one.mean ? shortDuration(one.mean).replace(' ', '\u202f') : '0');
    };
    const hours = Array.from({ length: 24 }, (_, hour) => hour);
    return html('div', { class: 'bpa-table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Mean waiting by hour of the week' },
      html('table', { class: 'week' }, html('caption', {}, 'Mean waiting of what began to wait in each hour (' + zone + ')'),
        html('thead', {}, html('tr', {}, html('th', { scope: 'col' }, 'Day'), hours.map((hour) => html('th', { scope: 'col' }, String(hour))))),
        html('tbody', {}, DAYS.map((day, number) => html('tr', {}, html('th', { scope: 'row' }, day.slice(0, 3)), hours.map((hour) => cell(number, hour)))))));
  }

  function timeOfWeek(report, rows) {
    const holder = html('div', {});
    const draw = (place) => holder.replaceChildren(week(rows[place].cells, report.process.timezone));
    const options = rows.map((one, place) => [String(place), one.activity === null ? 'all activities' : bpa.wording.shorten(report.activities[one.activity].name, 60)]);
    draw(0);
    return [html('div', { class: 'tools' }, bpa.elements.choice('Waiting before', options, '0', (value) => draw(Number(value)))), holder];
  }

  function resources(report, rows) {
    const { count, duration } = bpa.wording;
    const columns = [['Activity', false], ['Who', false], ['Role', false], ['Rows', true], ['Takes, median', true], ['Waiting before, mean', true], ['In all', true]];
    return [bpa.longTable('Waiting by activity and who did it, the greatest loss first', columns, rows.map((one) =>
      [name(report, one.activity), who(one.resource), one.role === null ? '–' : one.role, count(one.rows), duration(one.median_processing_seconds), duration(one.mean_waiting_seconds), duration(one.total_waiting_seconds)]), SHOWN)];
  }

  function handovers(report, rows) {
    const { count, duration } = bpa.wording;
    const columns = [['From', false], ['To', false], ['Times', true], ['Cases', true], ['Waiting, mean', true], ['In all', true], ['Straight back', true]];
    return [bpa.longTable('Handovers, the greatest loss first', columns, rows.map((one) =>
      [who(one.source_resource), who(one.target_resource), count(one.rows), count(one.cases), duration(one.mean_waiting_seconds), duration(one.total_waiting_seconds), count(one.ping_pong)]), SHOWN)];
  }

  function rework(report, rows) {
    const { count, duration } = bpa.wording;
    const columns = [['Done again', false], ['How', false], ['Cases', true], ['Repetitions', true], ['Work', true], ['Waiting', true]];
    return [bpa.longTable('Repetitions, the most frequent first', columns, rows.map((one) =>
      [name(report, one.activity), one.kind, count(one.cases), count(one.rows), duration(one.processing_seconds), duration(one.waiting_seconds)]), SHOWN)];
  }

  function sla(report, rows) {
    const { count, share } = bpa.wording;
    const points = (value) => (value === null ? '–' : (value < 0 ? '−' : '+') + share(Math.abs(value)));
    const columns = [['Trait', false], ['Known', false], ['Cases', true], ['Breaches', true], ['Rate', true], ['Elsewhere', true], ['Difference, 95 % interval', true]];
    return [bpa.longTable('Traits that go with broken limits', columns, rows.map((one) =>
      [html('bdi', {}, bpa.wording.shorten(one.factor + ': ' + one.value, 120)), one.known, count(one.cases), count(one.breaches), share(one.breach_rate), share(one.breach_rate_elsewhere),
        points(one.difference_low) + ' to ' + points(one.difference_high)]), SHOWN)];
  }

  // [part of the data, title, how it is drawn]; its definition has the name of the part.
  const PARTS = [
    ['time_of_week', 'When waiting begins', timeOfWeek], ['resources', 'Who does it', resources], ['handovers', 'From hand to hand', handovers],
    ['rework', 'Done again', rework], ['sla', 'What goes with broken limits', sla],
  ];

  function mount(element, report) {
    for (const [part, title, draw] of PARTS) {
      const rows = report.factors[part];
      if (rows.length) element.append(bpa.heading(report, 3, title, part, 'of all cases'), ...draw(report, rows));
    }
  }

  bpa.factors = { mount };
})();
