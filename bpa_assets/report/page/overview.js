// The head of the report: what it is of, the key figures, and what stands out.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;

  // Figures that add up by variant, of the cases that are on.
  function added(report, filter) {
    const on = report.variants.filter((_, number) => filter.isOn(number));
    const of = (name) => (on.some((one) => name in one) ? bpa.sum(on, (one) => one[name]) : null);
    const share = (part, whole) => (part === null || !whole ? null : part / whole);
    const times = bpa.cycleTimes(report, filter);
    return {
      cases: filter.cases,
      events: bpa.sum(on, (one) => one.cases * one.path.length),
      variants: on.length,
      closed_cases: times.closed,
      median_cycle_seconds: times.median, mean_cycle_seconds: times.mean, p90_cycle_seconds: times.p90, exact: times.exact,
      waiting_share: share(of('waiting_seconds') || 0, of('cycle_seconds')),
      rework_rate: share(bpa.sum(on, (one) => (new Set(one.path).size < one.path.length ? one.cases : 0)), filter.cases),
      throughput_per_day: times.closed / report.kpis.days,
      handovers_per_case: share(of('handovers') || 0, filter.cases),
      sla_breach_rate: share(of('breached') || 0, of('with_sla')),
      cost_per_case: share(of('cost'), of('with_cost')),
      fits_model: fitting(on),
    };
  }

  function fitting(variants) {
    const aligned = variants.filter((one) => one.fits !== null);
    const cases = bpa.sum(aligned, (one) => one.cases);
    return cases ? bpa.sum(aligned, (one) => (one.fits ? one.cases : 0)) / cases : null;
  }

  function ofAll(report) {
    return { ...report.kpis, variants: report.process.variants, fits_model: fitting(report.variants), exact: true };
  }

  const money = (report) => (value) => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });
  const few = (value) => value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });

  // [name of the figure, of its definition, title, how it is written, what stands below it]
  function cards(report, all) {
    const { count, share } = bpa.wording;
    const gap = report.process.time_basis === 'gap';
    return [
      ['cases', 'cases', 'Cases', count, (all) => (all.open_cases ? count(all.open_cases) + ' of all still open' : 'all closed')],
      ['events', 'events', 'Events', count, () => few(report.kpis.events / report.kpis.cases) + ' a case'],
      ['variants', 'variants_count', 'Variants', count, () => count(report.activities.length) + ' activities'],
      ['throughput_per_day', 'throughput_per_day', 'Throughput', few, () => 'closed cases a day'],
      ['waiting_share', 'waiting_share', 'Waiting', share, () => 'of the cycle time'],
      ['rework_rate', 'rework_rate', 'Rework', share, () => 'of the cases repeat a step'],
      ['handovers_per_case', 'handovers_per_case', 'Handovers', few, () => 'a case, mean'],
      ['fits_model', 'fits_model', 'Fit the model', share, () => 'of the cases, exactly'],
      ['sla_breach_rate', 'sla_breach_rate', 'SLA breaches', share, () => 'of the cases with an SLA'],
      ['cost_per_case', 'cost_per_case', 'Cost of a case', money(report), () => (report.process.currency ? report.process.currency + ', ' : '') + 'mean of closed cases'],
      ['automation_rate', 'automation_rate', 'Automation', share, () => 'of the rows, of all cases'],
    ].filter(([name]) => all[name] !== null && (name !== 'handovers_per_case' || report.process.resources > 1) && (name !== 'waiting_share' || !gap));
  }

  function value(text) {
    return html('div', { class: 'value' }, text);
  }

  function cycleCard(report, now, filtered) {
    const { shortDuration } = bpa.wording;
    const sign = filtered && !now.exact ? '≈ ' : '';
    const all = report.kpis;
    return html('div', { class: 'card wide' },
      html('h3', {}, 'Cycle time'),
      html('div', { class: 'pair' },
        html('div', {}, value(sign + shortDuration(now.median_cycle_seconds)), html('p', {}, 'median ', bpa.about(report, 'median_cycle_seconds'))),
        html('div', {}, value(shortDuration(now.mean_cycle_seconds)), html('p', {}, 'mean ', bpa.about(report, 'mean_cycle_seconds'))),
        html('div', {}, value(sign + shortDuration(now.p90_cycle_seconds)), html('p', {}, 'p90 ', bpa.about(report, 'p90_cycle_seconds')))),
      html('p', { class: 'muted' }, filtered
        ? 'all cases: ' + shortDuration(all.median_cycle_seconds) + ' · ' + shortDuration(all.mean_cycle_seconds) + ' · ' + shortDuration(all.p90_cycle_seconds)
        : 'of ' + bpa.wording.count(now.closed_cases) + ' closed cases'));
  }

  function card(report, now, all, filtered, [name, definition, title, written, below]) {
    const known = name in now && now[name] !== null;
    const text = known ? written(now[name]) : name in now ? '–' : written(all[name]);
    const note = !(name in now) ? 'of all cases' : filtered ? 'all cases: ' + written(all[name]) : below(all);
    return html('div', { class: 'card' }, html('h3', {}, title + ' ', bpa.about(report, definition)), value(text), html('p', { class: 'muted' }, note));
  }

  function mount(report, filter) {
    const { process } = report;
    document.getElementById('span').textContent = [
      bpa.wording.cases(report.kpis.cases), bpa.wording.count(report.kpis.events) + ' events',
      bpa.day(process.first_event_at) + ' to ' + bpa.day(process.last_event_at),
      'refreshed ' + bpa.moment(process.refreshed_at) + ' UTC',
    ].join(' · ');
    const holder = document.getElementById('kpis');
    const all = ofAll(report);
    // Two rows of them; the cycle time takes two places.
    holder.style.setProperty('--columns', Math.min(7, Math.ceil((cards(report, all).length + 2) / 2)));
    function show() {
      const filtered = Boolean(filter.variants);
      const now = filtered ? added(report, filter) : all;
      holder.replaceChildren(cycleCard(report, now, filtered), ...cards(report, all).map((one) => card(report, now, all, filtered, one)));
    }
    filter.subscribe(show);
    show();
    document.getElementById('highlights').append(
      html('div', { class: 'heading' }, html('h3', {}, 'What stands out'), html('span', { class: 'scope' }, 'of all cases')),
      html('ul', { class: 'highlights' }, report.highlights.map((one) => html('li', {}, html('span', { dir: 'auto' }, one.text), ' ',
        html('a', { href: '#' + one.section }, document.getElementById(one.section).dataset.name)))));
  }

  bpa.overview = { mount };
})();
