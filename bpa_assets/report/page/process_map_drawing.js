// The map as SVG: nodes and paths with their colours and figures. What they say is chosen by the measure.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});

  // Of an edge and a node: the value that colour and width stand for, and how it is written.
  const MEASURES = {
    frequency: {
      label: 'Frequency', scale: 'cool', edge: (edge) => edge.frequency, node: (node) => node.frequency,
      written: (value) => bpa.wording.shortCount(value), legend: 'How often activities were done and paths taken.',
    },
    cases: {
      label: 'Cases', scale: 'cool', edge: (edge) => edge.cases, node: (node) => node.cases,
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

  // Draws `layout` into `group`; `on` = {node(activity), edge(edge)} hears of clicks and keys. Returns the greatest
  // value of a node, for the legend.
  function draw(group, layout, nodes, measure, on) {
    const { svg } = bpa.elements;
    const values = [...nodes.values()].map((node) => measure.node(node) || 0);
    const edgeValues = layout.edges.map(({ edge }) => Math.max(0, measure.edge(edge) || 0));
    const [greatestNode, greatestEdge] = [Math.max(0, ...values), Math.max(0, ...edgeValues)];
    // Rare paths first: frequent ones lie above them, labels above all lines.
    const order = layout.edges.map((_, place) => place).sort((one, other) => edgeValues[one] - edgeValues[other]);
    const lines = order.map((place) => drawEdge(layout.edges[place], edgeValues[place] / (greatestEdge || 1), measure, on));
    const boxes = [...layout.nodes].filter(([activity]) => activity < 0 || nodes.has(activity))
      .sort(([, one], [, other]) => one.y - other.y || one.x - other.x)
      .map(([activity, box]) => (activity < 0 ? drawTerminal(activity, box) : drawNode(activity, box, nodes.get(activity), measure, greatestNode, on)));
    group.replaceChildren(
      svg('g', { 'aria-hidden': 'true' }, lines.map((one) => one.line)),
      svg('g', {}, boxes),
      svg('g', { 'aria-hidden': 'true', class: 'bpa-labels' }, lines.map((one) => one.text)),
    );
    return greatestNode;
  }

  function drawEdge(way, weight, measure, on) {
    const { svg } = bpa.elements;
    const shape = way.thin || way.loop ? bend(way.points) : swings(way.points);
    const name = way.edge.source + ' ' + way.edge.target;
    const line = svg('g', { class: 'bpa-edge' + (way.thin ? ' bpa-thin' : ''), 'data-edge': name, onclick: () => on.edge(way.edge) },
      svg('path', { d: shape, class: 'bpa-reach' }),
      svg('path', {
        d: shape, class: 'bpa-line', 'marker-end': 'url(#bpa-arrow)',
        style: 'fill:none;stroke:var(--bpa-line);stroke-width:' + (way.thin ? 1 : 1.2 + 6 * Math.sqrt(weight)).toFixed(1) + 'px',
      }));
    const text = svg('text', {
      x: way.label.x, y: way.label.y + 4, 'text-anchor': way.label.start ? 'start' : 'middle', 'data-edge': name,
      class: 'bpa-edge-label' + (way.thin ? ' bpa-thin' : ''), onclick: () => on.edge(way.edge),
      style: 'fill:var(--bpa-text);stroke:var(--bpa-bg);stroke-width:4px;paint-order:stroke;font:600 12px system-ui, sans-serif',
    }, label(measure, way.edge));
    return { line, text };
  }

  function drawNode(activity, box, node, measure, greatest, on) {
    const { svg } = bpa.elements;
    const value = measure.node(node);
    const { fill, text } = bpa.modelMeasures.colours(measure.scale, bpa.modelMeasures.colourStep(value, greatest));
    const said = value === null || value === undefined ? '–' : measure.written(value);
    const [x, y] = [box.x - box.width / 2, box.y - box.height / 2];
    const lines = [...box.lines.map((line) => [line + ' ', '13px']), [said, '600 12px']];
    return svg(
      'g',
      {
        class: 'bpa-node', role: 'button', tabindex: 0, 'data-activity': activity, 'aria-label': box.lines.join(' ') + ' ' + said + ', ' + measure.label.toLowerCase(),
        onclick: () => on.node(activity),
        onkeydown: (event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          on.node(activity);
        },
        onfocus: () => on.focus(box),
      },
      svg('rect', { x, y, width: box.width, height: box.height, rx: 8, style: 'fill:' + fill + ';stroke:var(--bpa-muted);stroke-width:1.2px' }),
      lines.map(([line, font], place) => svg('text', {
        x: box.x, y: y + 19 + 15 * place + (place === lines.length - 1 ? 3 : 0), 'text-anchor': 'middle', class: 'bpa-node-text',
        style: 'fill:' + text + ';font:' + font + ' system-ui, sans-serif;unicode-bidi:plaintext',
      }, line)),
    );
  }

  function drawTerminal(activity, box) {
    const { svg } = bpa.elements;
    return svg('g', { 'aria-hidden': 'true' },
      svg('rect', { x: box.x - box.width / 2, y: box.y - box.height / 2, width: box.width, height: box.height, rx: box.height / 2, style: 'fill:var(--bpa-text);stroke:none' }),
      svg('text', { x: box.x, y: box.y + 4.5, 'text-anchor': 'middle', style: 'fill:var(--bpa-bg);font:600 13px system-ui, sans-serif' }, box.lines[0]));
  }

  // Through all points, upright in each: between two layers a path swings to the side, in a layer it passes nodes.
  function swings(points) {
    const text = (x, y) => x.toFixed(1) + ' ' + y.toFixed(1);
    return points.slice(1).reduce((path, here, place) => {
      const before = points[place];
      const middle = (before.y + here.y) / 2;
      return path + 'C' + text(before.x, middle) + ' ' + text(here.x, middle) + ' ' + text(here.x, here.y);
    }, 'M' + text(points[0].x, points[0].y));
  }

  function bend(points) {
    const all = points.map((point) => point.x.toFixed(1) + ' ' + point.y.toFixed(1));
    return 'M' + all[0] + (all.length === 3 ? 'Q' : 'C') + all.slice(1).join(' ');
  }

  bpa.processMapDrawing = { MEASURES, label, draw, meanSeconds };
})();
