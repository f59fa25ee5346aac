// The directly-follows graph of the cases that a filter leaves, on the activities that a person leaves, and the paths
// that are shown of it. Numbers in, numbers out: nothing here knows about the page.
//
// Activities are their index; START and END stand for the beginning and the end of a case.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const START = -1;
  const END = -2;

  // {nodes: Map(activity -> {frequency, cases}), edges: [{source, target, frequency, cases, seconds}], cases}.
  // `shown`: array of booleans per activity; `taken`: of variants, or null for all. What is not shown is passed over:
  // the edge that remains takes the time of all its steps and of the activities between (their mean processing).
  // `seconds` is a sum over the frequency; null at the start and the end. The rest edges join where nothing is filtered.
  function project(report, shown, taken) {
    const width = report.activities.length + 2;
    const processing = report.activities.map((one) => one.mean_processing_seconds || one.median_processing_seconds || 0);
    const graph = { width, nodes: new Map(), edges: new Map(), cases: 0 };
    report.variants.forEach((variant, number) => {
      if (taken && !taken[number]) return;
      graph.cases += variant.cases;
      addVariant(graph, variant, shown, processing);
    });
    if (!taken) addRest(graph, report.rest_edges || [], shown);
    return { nodes: graph.nodes, edges: [...graph.edges.values()], cases: graph.cases };
  }

  function addVariant(graph, variant, shown, processing) {
    const { path, cases, step_seconds: steps } = variant;
    const met = new Set();
    let [before, seconds] = [START, 0];
    path.forEach((activity, place) => {
      if (place) seconds += (steps && steps[place - 1]) || 0;
      if (!shown[activity]) {
        seconds += processing[activity];
        return;
      }
      addNode(graph, activity, cases, !met.has(activity));
      met.add(activity);
      addEdge(graph, before, activity, cases, before === START ? null : seconds * cases, met);
      [before, seconds] = [activity, 0];
    });
    if (before !== START) addEdge(graph, before, END, cases, null, met);
  }

  function addNode(graph, activity, frequency, isFirst) {
    const node = graph.nodes.get(activity) || { frequency: 0, cases: 0 };
    node.frequency += frequency;
    if (isFirst) node.cases += frequency;
    graph.nodes.set(activity, node);
  }

  // `met` also holds the edges that the variant has had, as texts: each counts its cases once.
  function addEdge(graph, source, target, frequency, seconds, met) {
    const key = (source + 2) * graph.width + target + 2;
    let edge = graph.edges.get(key);
    if (!edge) graph.edges.set(key, (edge = { source, target, frequency: 0, cases: 0, seconds: null }));
    edge.frequency += frequency;
    if (seconds !== null) edge.seconds = (edge.seconds || 0) + seconds;
    if (met && !met.has('edge' + key)) {
      met.add('edge' + key);
      edge.cases += frequency;
    }
  }

  // Of the variants left out only the pairs are known: those between activities that are shown. Their cases are not.
  function addRest(graph, rest, shown) {
    for (const [source, target, count, mean] of rest) {
      if (target >= 0 && shown[target]) addNode(graph, target, count, false);
      if ((source >= 0 && !shown[source]) || (target >= 0 && !shown[target])) continue;
      addEdge(graph, source, target < 0 ? END : target, count, source < 0 || target < 0 ? null : mean * count, null);
    }
  }

  // Numbers of the edges that keep every activity on a path from START to END: of all such paths those whose rarest
  // edge is the most frequent (widest paths; Pollack 1960), of equally wide ones the shortest.
  function backbone(edges) {
    const kept = new Set();
    for (const [root, from, to] of [[START, 'source', 'target'], [END, 'target', 'source']]) {
      const leaving = new Map();
      edges.forEach((edge, number) => {
        if (edge.source !== edge.target) leaving.set(edge[from], [...(leaving.get(edge[from]) || []), number]);
      });
      const best = new Map([[root, { width: Infinity, steps: 0, by: -1 }]]);
      const open = new Set([root]);
      while (open.size) {
        const here = [...open].reduce((one, other) => (better(best.get(other), best.get(one)) ? other : one));
        open.delete(here);
        const { width, steps, by } = best.get(here);
        if (by >= 0) kept.add(by);
        best.get(here).done = true;
        for (const number of leaving.get(here) || []) {
          const next = edges[number][to];
          const way = { width: Math.min(width, edges[number].frequency), steps: steps + 1, by: number };
          const known = best.get(next);
          if ((known && known.done) || next === START || next === END || (known && !better(way, known))) continue;
          best.set(next, way);
          open.add(next);
        }
      }
    }
    return kept;
  }

  function better(one, other) {
    return one.width > other.width || (one.width === other.width && one.steps < other.steps);
  }

  // The edges shown at `share` (0 to 1): the backbone, and that share of all others, the most frequent first; sorted so.
  function choosePaths(edges, share) {
    const needed = backbone(edges);
    const order = (one, other) => edges[other].frequency - edges[one].frequency || one - other;
    const numbers = edges.map((_, number) => number);
    const others = numbers.filter((number) => !needed.has(number)).sort(order);
    const taken = others.slice(0, Math.round(share * others.length));
    return [...[...needed].sort(order), ...taken].map((number) => edges[number]);
  }

  // Which activities are shown if there are to be `many`: the most frequent.
  function chooseActivities(activities, many) {
    const order = activities.map((_, number) => number).sort((one, other) => activities[other].frequency - activities[one].frequency || one - other);
    const chosen = new Set(order.slice(0, many));
    return activities.map((_, number) => chosen.has(number));
  }

  // The share of paths at which a map is readable: about half a path an activity beyond the backbone, in steps of 5 %.
  function readableShare(edges, activities) {
    const others = edges.length - backbone(edges).size;
    if (others <= 8) return 1;
    return Math.min(1, Math.max(0.05, Math.round((20 * Math.max(6, 0.55 * activities)) / others) / 20));
  }

  bpa.processMapProjection = { START, END, project, backbone, choosePaths, chooseActivities, readableShare };
})();
