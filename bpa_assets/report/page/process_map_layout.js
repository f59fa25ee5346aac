// Where activities and paths lie: dagre for the paths that matter most, thin curves for the others, own loops.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const MOST = 90;
  const LINE = 15;
  const LETTER = 6.7;
  const WIDEST = 24;
  const MOST_LINES = 3;
  const LOOP = 56;

  // {nodes: Map(activity -> {x, y, width, height, lines}), edges: [{edge, points, label}], width, height}; middles, in
  // pixels. `labels`: the text of each edge. Edges beyond the first 90, and loops, get no room of their own.
  function layOut(activities, graph, edges, labels) {
    const { START, END } = bpa.processMapProjection;
    const routed = edges.map((edge, place) => [edge, place]).filter(([edge]) => edge.source !== edge.target).slice(0, MOST);
    const drawing = new window.dagre.graphlib.Graph({ multigraph: true });
    drawing.setGraph({ nodesep: 34, ranksep: 36, edgesep: 16, marginx: 24, marginy: 16, ranker: 'network-simplex' });
    drawing.setDefaultEdgeLabel(() => ({}));
    const lines = new Map();
    for (const activity of [START, ...graph.nodes.keys(), END]) {
      const size = activity < 0 ? { width: 64, height: 30, lines: [activity === START ? 'Start' : 'End'] } : nodeSize(activities[activity].name);
      lines.set(activity, size.lines);
      drawing.setNode(String(activity), { width: size.width, height: size.height });
    }
    const greatest = Math.max(1, ...edges.map((edge) => edge.frequency));
    for (const [edge, place] of routed) {
      const label = { width: LETTER * labels[place].length + 10, height: LINE, labelpos: 'c', weight: 1 + Math.round((9 * edge.frequency) / greatest) };
      drawing.setEdge(String(edge.source), String(edge.target), label, String(place));
    }
    window.dagre.layout(drawing);
    const loops = new Set(edges.filter((edge) => edge.source === edge.target).map((edge) => edge.source));
    const nodes = new Map([...lines.keys()].map((activity) => {
      const { x, y, width, height } = drawing.node(String(activity));
      return [activity, { x, y, width, height, beside: loops.has(activity) ? LOOP : 0, lines: lines.get(activity) }];
    }));
    const ways = new Map(drawing.edges().map((one) => [Number(one.name), routedWay(edges[one.name], drawing.edge(one))]));
    bpa.processMapPositions.straighten(nodes, [...ways.values()]);
    const drawn = addPorts(edges.map((edge, place) => wayOf(edge, ways.get(place), nodes)), nodes);
    return { nodes, edges: drawn, ...extent(nodes, drawn) };
  }

  // The edges again on nodes that lie already: what dagre has not routed is a curve.
  function reuse(layout, edges) {
    const known = new Map(layout.edges.map((way) => [way.edge.source + ' ' + way.edge.target, way]));
    const ways = edges
      .filter((edge) => layout.nodes.has(edge.source) && layout.nodes.has(edge.target))
      .map((edge) => ({ ...(known.get(edge.source + ' ' + edge.target) || wayOf(edge, null, layout.nodes)), edge }));
    return { ...layout, edges: ways };
  }

  // The bends of a path in its layers; dagre gives them with the two ends at the borders of the nodes.
  function routedWay(edge, { points, width, weight }) {
    return { source: edge.source, target: edge.target, points: points.slice(1, -1), weight, room: width };
  }

  function wayOf(edge, routed, nodes) {
    const [source, target] = [nodes.get(edge.source), nodes.get(edge.target)];
    if (edge.source === edge.target) return { edge, ...loop(source) };
    if (routed) return { edge, points: routed.points, label: routed.points[Math.floor((routed.points.length - 1) / 2)] };
    return { edge, ...bow(source, target) };
  }

  // Routed edges leave and reach nodes at their lower and upper sides, each at a place of its own, in the order in
  // which they come from or go to the sides: so none runs through what lies beside a node.
  function addPorts(ways, nodes) {
    const sides = new Map();
    for (const way of ways.filter((one) => !one.loop && !one.thin)) {
      const down = nodes.get(way.edge.source).y < nodes.get(way.edge.target).y;
      const ends = [[way.edge.source, down ? 1 : -1, way.points[0]], [way.edge.target, down ? -1 : 1, way.points[way.points.length - 1]]];
      ends.forEach(([activity, side, toward], end) => {
        const key = activity + ' ' + side;
        sides.set(key, [...(sides.get(key) || []), { way, end, toward, node: nodes.get(activity), side }]);
      });
    }
    for (const ports of sides.values()) {
      ports.sort((one, other) => one.toward.x - other.toward.x);
      ports.forEach(({ way, end, node, side }, place) => {
        const x = node.x + node.width * 0.7 * ((place + 0.5) / ports.length - 0.5);
        const point = { x, y: node.y + (side * node.height) / 2 };
        if (end) way.points = [...way.points, point];
        else way.points = [point, ...way.points];
      });
    }
    return ways;
  }

  // Beside the right end of the node, out and back.
  function loop(node) {
    const right = node.x + node.width / 2;
    const [high, low] = [node.y - node.height / 4, node.y + node.height / 4];
    const points = [{ x: right, y: high }, { x: right + 22, y: high - 4 }, { x: right + 22, y: low + 4 }, { x: right, y: low }];
    return { points, label: { x: right + 24, y: node.y, start: true }, loop: true };
  }

  // A bow from border to border, to the right of its direction, so that there and back are apart.
  function bow(source, target) {
    const [dx, dy] = [target.x - source.x, target.y - source.y];
    const length = Math.hypot(dx, dy) || 1;
    const bend = Math.min(60, 0.18 * length);
    const middle = { x: (source.x + target.x) / 2 - (dy / length) * bend, y: (source.y + target.y) / 2 + (dx / length) * bend };
    return { points: [border(source, middle), middle, border(target, middle)], label: middle, thin: true };
  }

  // Where the line from the middle of a node to a point leaves it.
  function border(node, point) {
    const [dx, dy] = [point.x - node.x, point.y - node.y];
    const scale = Math.min(node.width / 2 / (Math.abs(dx) || 1e-9), node.height / 2 / (Math.abs(dy) || 1e-9), 1);
    return { x: node.x + dx * scale, y: node.y + dy * scale };
  }

  // Room for the name in at most three lines, and for the figure below it.
  function nodeSize(name) {
    const lines = wrap(name);
    const letters = Math.max(12, ...lines.map((line) => Array.from(line).length));
    return { width: Math.round(letters * 7.2 + 26), height: lines.length * LINE + 31, lines };
  }

  function wrap(name) {
    const { shorten } = bpa.wording;
    const lines = [];
    for (const word of name.slice(0, 400).trim().split(/\s+/)) {
      const last = lines[lines.length - 1];
      if (last !== undefined && Array.from(last + ' ' + word).length <= WIDEST) lines[lines.length - 1] = last + ' ' + word;
      else lines.push(word);
    }
    const shown = lines.slice(0, MOST_LINES).map((line) => shorten(line, WIDEST));
    if (lines.length > MOST_LINES) shown[MOST_LINES - 1] = shorten(shown[MOST_LINES - 1], WIDEST - 2) + ' …';
    return shown;
  }

  function extent(nodes, ways) {
    const all = [...nodes.values()];
    const points = ways.flatMap((way) => way.points);
    return {
      width: Math.max(...all.map((node) => node.x + node.width / 2 + 50), ...points.map((point) => point.x + 20)),
      height: Math.max(...all.map((node) => node.y + node.height / 2)) + 16,
    };
  }

  bpa.processMapLayout = { layOut, reuse };
})();
