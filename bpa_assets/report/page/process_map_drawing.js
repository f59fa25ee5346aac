// The map as SVG: nodes and paths with their colours and figures. What they say is chosen by the measure.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const MOST_LEAN = 0.4;

  // Of an edge and a node: the value that colour and width stand for, and how it is written.
  const MEASURES = {
    frequency: {
      label: 'Frequency', scale: 'cool', whole: true, edge: (edge) => edge.frequency, node: (node) => node.frequency,
      written: (value) => bpa.wording.shortCount(value), legend: 'How often activities were done and paths taken.',
    },
    cases: {
      label: 'Cases', scale: 'cool', whole: true, edge: (edge) => edge.cases, node: (node) => node.cases,
      written: (value) => bpa.wording.shortCount(value), legend: 'In how many cases.',
    },
    time: {
      label: 'Mean time', scale: 'heat', edge: meanSeconds, node: (node) => node.processing,
      written: (value) => bpa.wording.shortDuration(value),
      legend: 'Paths: mean time from the end of the one to the start of the other. Activities: median processing time, of all cases.',
    },
  };

  function meanSeconds(edge) {
    return edge.seconds === null ? null : edge.seconds / edge.frequency;
  }

  function label(measure, edge) {
    const value = measure.edge(edge);
    return value === null || value === undefined ? '' : measure.written(value);
  }

  // Draws `layout` into `group`; returns the greatest value of a node, for the legend. What can be chosen has
  // `data-activity` or `data-edge` ("source target").
  function draw(group, layout, nodes, measure) {
    const { svg } = bpa.elements;
    const greatest = Math.max(0, ...[...nodes.values()].map((node) => measure.node(node) || 0));
    const values = layout.edges.map(({ edge }) => Math.max(0, measure.edge(edge) || 0));
    const most = Math.max(0, ...values) || 1;
    // Rare paths first: frequent ones lie above them, labels above all lines.
    const order = layout.edges.map((_, place) => place).sort((one, other) => values[one] - values[other]);
    const [thin, wide] = [order.filter((place) => layout.edges[place].thin), order.filter((place) => !layout.edges[place].thin)];
    const boxes = [...layout.nodes].filter(([activity]) => activity < 0 || nodes.has(activity))
      .sort(([, one], [, other]) => one.y - other.y || one.x - other.x)
      .map(([activity, box]) => (activity < 0 ? drawTerminal(activity, box) : drawNode(activity, box, nodes.get(activity), measure, greatest)));
    group.replaceChildren(
      svg('g', { 'aria-hidden': 'true', style: 'fill:none;stroke:var(--bpa-line);marker-end:url(#bpa-arrow)' },
        thin.map((place) => drawThin(layout.edges[place])), wide.map((place) => drawEdge(layout.edges[place], values[place] / most))),
      svg('g', {}, boxes),
      svg('g', {
        'aria-hidden': 'true',
        style: 'fill:var(--bpa-text);stroke:var(--bpa-surface);stroke-width:4px;paint-order:stroke;font:600 12px Arial, Helvetica, sans-serif;text-anchor:middle',
      }, wide.map((place) => drawLabel(layout.edges[place], label(measure, layout.edges[place].edge)))),
    );
    return greatest;
  }

  function nameOf(edge) {
    return edge.source + ' ' + edge.target;
  }

  // There may be hundreds of them: one element each.
  function drawThin(way) {
    return bpa.elements.svg('path', { d: bend(way.points), class: 'bpa-edge bpa-line bpa-thin', 'data-edge': nameOf(way.edge), 'stroke-width': 0.9 });
  }

  function drawEdge(way, weight) {
    const { svg } = bpa.elements;
    const d = way.loop ? bend(way.points) : swings(way.points);
    return svg('g', { class: 'bpa-edge', 'data-edge': nameOf(way.edge) },
      svg('path', { d, class: 'bpa-reach' }),
      svg('path', { d, class: 'bpa-line', 'stroke-width': (1.2 + 6 * Math.sqrt(weight)).toFixed(1) }));
  }

  function drawLabel(way, text) {
    const { x, y, start } = way.label;
    return bpa.elements.svg('text', {
      x, y: y + 4, 'data-edge': nameOf(way.edge), class: 'bpa-edge-label', style: start ? 'text-anchor:start' : null,
    }, text);
  }

  function drawNode(activity, box, node, measure, greatest) {
    const { svg } = bpa.elements;
    const value = measure.node(node);
    const { fill, text } = bpa.modelMeasures.colours(measure.scale, bpa.modelMeasures.colourStep(value, greatest));
    const said = value === null || value === undefined ? '–' : measure.written(value);
    const [x, y] = [box.x - box.width / 2, box.y - box.height / 2];
    const lines = [...box.lines.map((line) => [line + ' ', '13px']), [said, '600 12px']];
    return svg(
      'g',
      {
        class: 'bpa-node', role: 'button', tabindex: 0, 'aria-pressed': 'false', 'data-activity': activity,
        'aria-label': box.lines.join(' ') + ' ' + said + ', ' + measure.label.toLowerCase(),
        style: 'fill:' + text + ';text-anchor:middle;unicode-bidi:plaintext',
      },
      svg('rect', { x, y, width: box.width, height: box.height, rx: 8, style: 'fill:' + fill + ';stroke:var(--bpa-muted);stroke-width:1.2px' }),
      lines.map(([line, font], place) => svg('text', {
        x: box.x, y: y + 19 + 15 * place + (place === lines.length - 1 ? 3 : 0), style: 'font:' + font + ' Arial, Helvetica, sans-serif',
      }, line)),
    );
  }

  function drawTerminal(activity, box) {
    const { svg } = bpa.elements;
    return svg('g', { 'aria-hidden': 'true' },
      svg('rect', { x: box.x - box.width / 2, y: box.y - box.height / 2, width: box.width, height: box.height, rx: box.height / 2, style: 'fill:var(--bpa-text);stroke:none' }),
      svg('text', { x: box.x, y: box.y + 4.5, 'text-anchor': 'middle', style: 'fill:var(--bpa-surface);font:600 13px Arial, Helvetica, sans-serif' }, box.lines[0]));
  }

  // Through all points, from layer to layer, upright at both ends and wherever it turns; elsewhere as steep as the
  // harmonic mean of both sides, so that it never swings beyond a point (Fritsch and Butland 1984), and steep enough to
  // keep clear of the nodes in the layer.
  function swings(points) {
    const text = (x, y) => x.toFixed(1) + ' ' + y.toFixed(1);
    const slopes = points.slice(1).map((here, place) => (here.x - points[place].x) / (here.y - points[place].y || 1));
    const lean = points.map((_, place) => {
      const [one, other] = [slopes[place - 1], slopes[place]];
      if (one === undefined || other === undefined || one * other <= 0) return 0;
      return Math.max(-MOST_LEAN, Math.min(MOST_LEAN, (2 * one * other) / (one + other)));
    });
    return points.slice(1).reduce((path, here, place) => {
      const before = points[place];
      const third = (here.y - before.y) / 2.4;
      return path + 'C' + text(before.x + lean[place] * third, before.y + third) + ' ' +
        text(here.x - lean[place + 1] * third, here.y - third) + ' ' + text(here.x, here.y);
    }, 'M' + text(points[0].x, points[0].y));
  }

  function bend(points) {
    const all = points.map((point) => point.x.toFixed(1) + ' ' + point.y.toFixed(1));
    return 'M' + all[0] + (all.length === 3 ? 'Q' : 'C') + all.slice(1).join(' ');
  }

  bpa.processMapDrawing = { MEASURES, label, draw, meanSeconds };
})();
