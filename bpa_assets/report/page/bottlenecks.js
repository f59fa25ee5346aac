// Where cases wait, by activity and by what came before; and why, where the log tells.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html, button } = bpa.elements;
  const SHOWN = 10;

  function name(report, activity) {
    return html('bdi', {}, bpa.wording.shorten(report.activities[activity].name, 120));
  }

  // The causes of an activity, the greatest first: [cause, share of its queue time].
  function causesOf(report, activity) {
    const found = report.waiting.causes.filter((one) => one.activity === activity);
    const total = bpa.sum(found, (one) => one.seconds);
    return found.map((one) => [one.cause, one.seconds / total]).sort((one, other) => other[1] - one[1]);
  }

  function why(report, activity) {
    const causes = causesOf(report, activity).filter(([, share]) => share >= 0.05);
    if (!causes.length) return '–';
    return html('ul', { class: 'plain unbroken' }, causes.slice(0, 3).map(([cause, share]) => html('li', {}, cause + ' ' + bpa.wording.share(share))));
  }

  function only(report, filter, place) {
    const one = place.after === null ? { kind: 'contains', activity: place.activity } : { kind: 'follows', activity: place.after, next: place.activity };
    return button('Only these cases', () => filter.add(one), { class: 'quiet', 'aria-label': 'Only these cases: that ' + filter.words(one) });
  }

  function share(part) {
    return html('span', { class: 'with-bar' }, html('span', {}, bpa.wording.share(part)), bpa.bar(part));
  }

  const FIGURES = [['Share of all waiting', true], ['In all', true], ['Mean', true], ['90th percentile', true]];

  function figures(place) {
    const { duration } = bpa.wording;
    return [share(place.share_of_waiting), duration(place.total_waiting_seconds), duration(place.mean_waiting_seconds), duration(place.p90_waiting_seconds)];
  }

  function long(report, place) {
    return bpa.wording.count(place.cases_over_threshold) + ' of ' + bpa.wording.count(place.cases);
  }

  function byActivity(report, filter) {
    const limit = bpa.wording.duration(report.waiting.threshold);
    const places = report.waiting.places.filter((place) => place.after === null && place.total_waiting_seconds > 0);
    const columns = [['Waiting before', false], ...FIGURES, ['Cases waiting over ' + limit, true], ['Why', false], ['Filter', false]];
    const rows = places.map((place) => [name(report, place.activity), ...figures(place), long(report, place), why(report, place.activity), only(report, filter, place)]);
    return bpa.longTable('Activities that are waited for, the greatest loss first', columns, rows, SHOWN);
  }

  function byPair(report, filter) {
    const places = report.waiting.places.filter((place) => place.after !== null && place.total_waiting_seconds > 0);
    const columns = [['Waiting before', false], ['After', false], ...FIGURES, ['Filter', false]];
    const rows = places.map((place) => [name(report, place.activity), name(report, place.after), ...figures(place), only(report, filter, place)]);
    return bpa.longTable('The same by the activity before', columns, rows, SHOWN);
  }

  function causes(report) {
    const { waiting } = report;
    const title = bpa.heading(report, 3, 'Why they wait', 'causes', 'of all cases');
    if (waiting.causes_untold) return [title, html('p', { class: 'note' }, waiting.causes_untold)];
    const columns = [['Activity', false], ['Cause', false], ['Queue time', true], ['Share', true]];
    const total = new Map();
    for (const one of waiting.causes) total.set(one.activity, (total.get(one.activity) || 0) + one.seconds);
    const rows = waiting.causes.slice().sort((one, other) => other.seconds - one.seconds)
      .map((one) => [name(report, one.activity), one.cause, bpa.wording.duration(one.seconds), bpa.wording.share(one.seconds / total.get(one.activity))]);
    const note = 'Counted from when a step could begin. Other steps of the case may have been done since, so it can be more than the waiting above.';
    return [title, html('p', { class: 'note' }, note), bpa.chart(report, 'causes', 'Queue time before the activities that are waited for longest, split by cause'),
      bpa.folded('As a table', () => bpa.longTable('Queue time by activity and cause', columns, rows, 30))];
  }

  function mount(element, report, filter) {
    const gap = report.process.time_basis === 'gap';
    element.append(bpa.heading(report, 3, 'Where they wait', 'bottlenecks', 'of all cases'),
      ...(gap ? [html('p', { class: 'note' }, 'This log has one time an event: the time between two events is waiting and work together.')] : []),
      byActivity(report, filter), bpa.folded('By the activity before', () => byPair(report, filter)), ...causes(report));
  }

  bpa.bottlenecks = { mount };
})();
