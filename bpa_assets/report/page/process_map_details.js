// The details of an activity or a path of the map, and all paths that are shown as a table.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const MOST = 8;

  function nameOf(activities, activity) {
    const { START, END } = bpa.processMapProjection;
    return activity === START ? 'Start' : activity === END ? 'End' : activities[activity].name;
  }

  function times(edge) {
    const { times: often, cases, duration } = bpa.wording;
    const mean = bpa.processMapDrawing.meanSeconds(edge);
    return often(edge.frequency) + ', ' + cases(edge.cases) + (mean === null ? '' : ', ' + duration(mean) + ' on average');
  }

  // `on`: {node, edge} choose another; `require` asks the filter for a criterion, if it can do that.
  function nodeDetails(activities, activity, node, edges, on) {
    const { html, button } = bpa.elements;
    const { times: often, cases, duration } = bpa.wording;
    const all = activities[activity];
    const facts = [['Frequency', often(node.frequency) + ' in ' + cases(node.cases)]];
    if (typeof all.median_processing_seconds === 'number') facts.push(['Processing', duration(all.median_processing_seconds) + ' (median of all cases)']);
    if (typeof all.mean_waiting_seconds === 'number') {
      facts.push(['Waiting', 'waits ' + duration(all.mean_waiting_seconds) + ' on average before it, ' + duration(all.total_waiting_seconds) + ' in all (all cases)']);
    }
    const list = (title, found, end) => {
      const sorted = found.sort((one, other) => other.frequency - one.frequency);
      const items = sorted.slice(0, MOST).map((edge) => html('li', {},
        button(bpa.wording.shorten(nameOf(activities, edge[end]), 60), () => on.edge(edge), { class: 'bpa-link', dir: 'auto' }), ': ' + times(edge)));
      if (sorted.length > MOST) items.push(html('li', {}, 'and ' + (sorted.length - MOST) + ' more'));
      return items.length ? [html('h4', {}, title), html('ul', {}, items)] : [];
    };
    return [
      html('h3', { dir: 'auto', class: 'bpa-name' }, all.name),
      html('dl', {}, facts.flatMap(([term, said]) => [html('dt', {}, term), html('dd', {}, said)])),
      on.require ? html('p', {}, button('Only cases with this activity', () => on.require({ kind: 'contains', activity }))) : null,
      ...list('Comes after', edges.filter((edge) => edge.target === activity), 'source'),
      ...list('Is followed by', edges.filter((edge) => edge.source === activity), 'target'),
    ].filter(Boolean);
  }

  function edgeDetails(activities, edge, on) {
    const { html, button } = bpa.elements;
    const ends = [edge.source, edge.target].map((activity) =>
      activity < 0 ? html('span', {}, nameOf(activities, activity))
        : button(bpa.wording.shorten(nameOf(activities, activity), 80), () => on.node(activity), { class: 'bpa-link', dir: 'auto' }));
    const mean = bpa.processMapDrawing.meanSeconds(edge);
    const facts = [['Frequency', bpa.wording.times(edge.frequency) + ' in ' + bpa.wording.cases(edge.cases)]];
    if (mean !== null) facts.push(['Time', bpa.wording.duration(mean) + ' on average, from the end of the one to the start of the other']);
    return [
      html('h3', {}, ends[0], ' → ', ends[1]),
      html('dl', {}, facts.flatMap(([term, said]) => [html('dt', {}, term), html('dd', {}, said)])),
      on.require ? html('p', {}, button('Only cases with this path', () => on.require(criterion(edge)))) : null,
    ].filter(Boolean);
  }

  function criterion(edge) {
    const { START, END } = bpa.processMapProjection;
    if (edge.source === START) return { kind: 'starts', activity: edge.target };
    if (edge.target === END) return { kind: 'ends', activity: edge.source };
    return { kind: 'follows', activity: edge.source, next: edge.target };
  }

  function overview() {
    const { html } = bpa.elements;
    return [
      html('h3', { class: 'bpa-hint' }, 'Activities and paths'),
      html('p', { class: 'bpa-hint' }, 'Choose an activity or a path, by click or with Tab and Enter, to see its figures.'),
      html('p', { class: 'bpa-hint' }, 'With few activities, a path stands for all that was done between its two ends.'),
    ];
  }

  function pathTable(activities, edges) {
    const { count, duration, shorten } = bpa.wording;
    const rows = [...edges].sort((one, other) => other.frequency - one.frequency).map((edge) => [
      shorten(nameOf(activities, edge.source), 120), shorten(nameOf(activities, edge.target), 120), count(edge.frequency), count(edge.cases),
      duration(bpa.processMapDrawing.meanSeconds(edge)),
    ]);
    return bpa.elements.table('The paths of the map, the most frequent first',
      [['From', false], ['To', false], ['Times', true], ['Cases', true], ['Mean time', true]], rows);
  }

  bpa.processMapDetails = { nodeDetails, edgeDetails, overview, pathTable };
})();
