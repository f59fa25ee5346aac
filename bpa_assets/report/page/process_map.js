// The process map: which activities and paths are shown, by which measure, of which cases; details, table, picture.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const MOST_AT_FIRST = 30;
  const SETTLED = 120;

  // Returns {ready, timing}: milliseconds of the last `answer` to a control and of the last `layout`.
  function mount(element, report, filter) {
    const view = { report, filter: filter || {}, measure: 'frequency', chosen: null, layout: null, timing: {} };
    element.classList.add('bpa-diagram', 'bpa-map');
    view.many = Math.min(report.activities.length, MOST_AT_FIRST);
    project(view);
    view.share = bpa.processMapProjection.readableShare(view.graph.edges, view.graph.nodes.size);
    build(view, element);
    if (view.filter.subscribe) view.filter.subscribe(() => answer(view));
    choose(view);
    layOut(view);
    openOnceVisible(view);
    return { ready: Promise.resolve(), timing: view.timing };
  }

  function build(view, element) {
    const { html, svg, button, choice } = bpa.elements;
    const { MEASURES } = bpa.processMapDrawing;
    const name = (view.report.process || {}).key || 'process';
    view.group = svg('g', { id: 'bpa-map-drawing' });
    view.moving = svg('g', {}, view.group);
    view.svg = svg('svg', { class: 'bpa-map-svg', role: 'group', tabindex: 0, 'aria-label': 'Process map. Tab goes from activity to activity, Enter shows the figures; the arrow keys move the map.' },
      svg('defs', {}, svg('marker', { id: 'bpa-arrow', viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 11, markerHeight: 11, markerUnits: 'userSpaceOnUse', orient: 'auto' },
        svg('path', { d: 'M0 0L10 5L0 10z', style: 'fill:var(--bpa-line)' }))),
      view.moving);
    view.moves = bpa.panZoom(view.svg, view.moving, () => ({ width: view.layout.width, height: view.layout.height, startX: view.layout.nodes.get(-1).x }), () => view.small.follow());
    view.small = bpa.smallPicture(view.group, {
      box: () => ({ x: 0, y: 0, width: view.layout.width, height: view.layout.height }), seen: view.moves.seen, goTo: view.moves.goTo,
    });
    view.details = html('aside', { class: 'bpa-details', 'aria-live': 'polite', 'aria-label': 'Details of the map', tabindex: 0 });
    view.status = html('p', { class: 'bpa-note', role: 'status' });
    view.note = html('p', { class: 'bpa-note' });
    view.legend = html('div', { class: 'bpa-legend' });
    view.table = html('div', {});
    view.alternative = html('details', { class: 'bpa-alternative', id: 'bpa-map-table', ontoggle: () => fillTable(view) }, html('summary', {}, 'The same as a table'), view.table);
    view.whole = html('div', { class: 'bpa-whole' },
      html('div', { class: 'bpa-bar' },
        slider('Activities', 1, view.report.activities.length, 1, view.many, (value) => { view.many = value; answer(view); }),
        slider('Paths', 0, 100, 1, Math.round(100 * view.share), (value) => { view.share = value / 100; answer(view); }, ' %'),
        choice('Show', Object.entries(MEASURES).map(([key, one]) => [key, one.label]), view.measure, (chosen) => { view.measure = chosen; answer(view); }),
        html('div', { class: 'bpa-buttons', role: 'group', 'aria-label': 'View of the map' },
          button('−', () => view.moves.zoom(0.8), { 'aria-label': 'Zoom out' }), button('+', () => view.moves.zoom(1.25), { 'aria-label': 'Zoom in' }),
          button('Fit', () => view.moves.fit()), button('Start', () => view.moves.start()),
          button('Full size', () => bpa.elements.toggleFullSize(view.whole)), button('Save picture', () => savePicture(view, name)))),
      view.legend, html('div', { class: 'bpa-frame' }, html('div', { class: 'bpa-canvas' }, view.svg), html('div', { class: 'bpa-side' }, view.small.holder, view.details)), view.status);
    element.append(view.note, html('a', { class: 'bpa-skip', href: '#bpa-map-table', onclick: () => { view.alternative.open = true; } }, 'Skip the map: all paths as a table'),
      view.whole, view.alternative);
    view.on = {
      node: (activity) => show(view, { activity }), edge: (edge) => show(view, { edge }),
      require: typeof view.filter.add === 'function' ? (criterion) => view.filter.add(criterion) : null,
    };
    listen(view);
    printWhole(view);
  }

  // One listener for all that can be chosen: what is drawn changes with every step of a slider.
  function listen(view) {
    const pick = (target) => {
      const { activity, edge } = (target.closest('[data-activity], [data-edge]') || view.svg).dataset;
      const [source, end] = (edge || '').split(' ').map(Number);
      show(view, activity !== undefined ? { activity: Number(activity) } : edge ? { edge: { source, target: end } } : null);
    };
    view.svg.addEventListener('click', (event) => pick(event.target));
    view.svg.addEventListener('keydown', (event) => {
      if ((event.key !== 'Enter' && event.key !== ' ') || event.target === view.svg) return;
      event.preventDefault();
      pick(event.target);
    });
    // Not on the group: Chromium lets Tab stop at an element of SVG that listens to focus.
    view.svg.addEventListener('focusin', (event) => {
      const box = view.layout.nodes.get(Number(event.target.dataset.activity));
      if (box) view.moves.reveal(box.x, box.y);
    });
  }

  function slider(label, min, max, step, value, changed, unit) {
    const { html } = bpa.elements;
    const said = html('output', {}, value + (unit || ''));
    const input = html('input', { type: 'range', min, max, step, value, oninput: () => { said.textContent = input.value + (unit || ''); changed(Number(input.value)); } });
    return html('label', { class: 'bpa-slider' }, label + ' ', input, ' ', said);
  }

  // The graph of the activities that are shown; figures of an activity that the map does not count again join it.
  function project(view) {
    const { chooseActivities, project: counted } = bpa.processMapProjection;
    const { report } = view;
    const taken = view.filter.variants || null;
    view.graph = counted(report, chooseActivities(report.activities, view.many), taken);
    for (const [activity, node] of view.graph.nodes) {
      node.processing = report.activities[activity].median_processing_seconds;
      if (!taken && report.activities[activity].cases) node.cases = report.activities[activity].cases;
    }
  }

  function choose(view) {
    view.edges = bpa.processMapProjection.choosePaths(view.graph.edges, view.share);
  }

  // At once on the places that are known, so that a slider can be dragged; a layout of its own when it rests.
  function answer(view) {
    const begun = performance.now();
    project(view);
    choose(view);
    draw(view, bpa.processMapLayout.reuse(view.layout, view.edges));
    view.timing.answer = performance.now() - begun;
    view.svg.setAttribute('aria-busy', 'true');
    clearTimeout(view.pending);
    view.pending = setTimeout(() => layOut(view), SETTLED);
  }

  function layOut(view) {
    const begun = performance.now();
    const measure = bpa.processMapDrawing.MEASURES[view.measure];
    const labels = view.edges.map((edge) => bpa.processMapDrawing.label(measure, edge));
    const first = !view.layout;
    view.layout = bpa.processMapLayout.layOut(view.report.activities, view.graph, view.edges, labels);
    draw(view, view.layout);
    if (!first && view.svg.clientWidth) view.moves.open();
    view.small.follow();
    view.timing.layout = performance.now() - begun;
    view.svg.setAttribute('aria-busy', 'false');
    tell(view);
  }

  function draw(view, layout) {
    const { MEASURES, draw: drawMap } = bpa.processMapDrawing;
    const measure = MEASURES[view.measure];
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.activity : undefined;
    const greatest = drawMap(view.group, layout, view.graph.nodes, measure);
    view.legend.replaceChildren(bpa.elements.html('span', {}, measure.legend), bpa.modelMeasures.swatches(measure, greatest));
    const again = focused !== undefined && view.group.querySelector('[data-activity="' + focused + '"]');
    if (again) again.focus({ preventScroll: true });
    show(view, view.chosen);
  }

  // `what`: {activity}, {edge} or null; it is shown with the figures of now, if it is on the map.
  function show(view, what) {
    const { nodeDetails, edgeDetails, overview } = bpa.processMapDetails;
    const { activities } = view.report;
    const node = what && 'activity' in what && view.graph.nodes.get(what.activity);
    const edge = what && what.edge && view.graph.edges.find((one) => one.source === what.edge.source && one.target === what.edge.target);
    view.chosen = node || edge ? what : null;
    const shown = node ? nodeDetails(activities, what.activity, node, view.graph.edges, view.on) : edge ? edgeDetails(activities, edge, view.on) : overview();
    view.details.replaceChildren(...shown);
    const mark = node ? '[data-activity="' + what.activity + '"]' : edge ? '[data-edge="' + edge.source + ' ' + edge.target + '"]' : null;
    for (const [selector, chosen] of [['.bpa-chosen', false], [mark, true]]) {
      if (selector) view.group.querySelectorAll(selector).forEach((one) => press(one, chosen));
    }
  }

  function press(drawn, chosen) {
    drawn.classList.toggle('bpa-chosen', chosen);
    if (drawn.dataset.activity) drawn.setAttribute('aria-pressed', String(chosen));
  }

  function tell(view) {
    const { count, cases } = bpa.wording;
    const { graph, edges, report } = view;
    view.status.textContent = graph.nodes.size + ' of ' + report.activities.length + ' activities, ' + count(edges.length) + ' of ' +
      count(graph.edges.length) + ' paths' + (view.filter.variants ? ', of ' + cases(graph.cases) : '');
    view.note.textContent = limits(view);
    if (view.alternative.open) fillTable(view);
  }

  // What the figures do not hold, because rare variants are known only by their pairs of activities.
  function limits(view) {
    const hasRest = (view.report.rest_edges || []).length > 0;
    if (!hasRest) return '';
    if (view.filter.variants) return 'With a filter the map shows the listed variants only: rarer ones are not listed one by one, and are left out.';
    const said = [];
    if (view.measure === 'cases') said.push('cases of a path are those of the listed variants');
    if (view.graph.nodes.size < view.report.activities.length) said.push('paths over activities that are not shown are those of the listed variants');
    return said.length ? 'Rare variants are not listed one by one: ' + said.join('; ') + '.' : '';
  }

  function fillTable(view) {
    if (view.alternative.open) view.table.replaceChildren(bpa.processMapDetails.pathTable(view.report.activities, view.edges));
  }

  function openOnceVisible(view) {
    let opened = false;
    new ResizeObserver(() => {
      if (!view.svg.clientWidth || opened) return;
      view.moves.open();
      opened = true;
    }).observe(view.svg);
  }

  function picture(view) {
    const copy = view.svg.cloneNode(true);
    copy.querySelector('g').removeAttribute('transform');
    copy.setAttribute('viewBox', ['0', '0', view.layout.width, view.layout.height].join(' '));
    copy.querySelectorAll('.bpa-reach').forEach((one) => one.remove());
    return copy;
  }

  function savePicture(view, name) {
    bpa.elements.save(name + '-map.svg', 'image/svg+xml',
      bpa.savedPicture.standalone(new XMLSerializer().serializeToString(picture(view)), 'Process map by bpa'));
  }

  // Paper shows the whole map.
  function printWhole(view) {
    let transform = null;
    window.addEventListener('beforeprint', () => {
      transform = view.moving.getAttribute('transform');
      view.moving.removeAttribute('transform');
      view.svg.setAttribute('viewBox', ['0', '0', view.layout.width, view.layout.height].join(' '));
      view.svg.style.aspectRatio = view.layout.width / view.layout.height;
    });
    window.addEventListener('afterprint', () => {
      view.svg.removeAttribute('viewBox');
      view.svg.style.aspectRatio = '';
      if (transform) view.moving.setAttribute('transform', transform);
    });
  }

  bpa.processMap = { mount };
})();
