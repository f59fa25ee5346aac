// Where items of layers lie from side to side: frequent paths straight, all in the order that the layout gave them.
//
// The least sum of shifts to the side along the paths, weighed by frequency and, as in Gansner et al., "A technique for
// drawing directed graphs" (1993), 8 : 2 : 1 where both, one or none of the ends are bends of a long path. Found by
// reweighted least squares, from the plain ones on, which bring together what belongs together; layer after layer, each
// exactly by pooling adjacent violators (Barlow et al. 1972).
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const PLAIN_SWEEPS = 12;
  const SWEEPS = 44;
  const NEAR = 3;
  const APART = { nodes: 30, bends: 16 };
  const WEIGHTS = [1, 2, 8];

  // `nodes`: Map of {x, y, width, beside}; `ways`: [{source, target, points, weight, room}], points without their ends.
  // Changes the x of both. `beside`: what a node needs at its right; `room`: the width of the label amid the points.
  function straighten(nodes, ways) {
    const items = new Map([...nodes].map(([key, node]) => [key, item(node, node.width / 2, node.beside, true)]));
    const bends = ways.map((way) => way.points.map((point, place) =>
      item(point, place === Math.floor((way.points.length - 1) / 2) ? way.room / 2 : 0, 0, false)));
    ways.forEach((way, number) => {
      const chain = [items.get(way.source), ...bends[number], items.get(way.target)];
      for (let place = 1; place < chain.length; place += 1) join(chain[place - 1], chain[place], way.weight);
    });
    const layers = layersOf([...items.values(), ...bends.flat()]);
    for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
      const order = sweep % 2 ? [...layers].reverse() : layers;
      for (const layer of order) settle(layer, sweep >= PLAIN_SWEEPS);
    }
    for (const layer of layers) for (const one of layer) one.at.x = one.x;
    toCorner([...nodes.values()], ways);
  }

  function item(at, half, beside, isNode) {
    return { at, x: at.x, left: half, right: half + beside, isNode, ends: [] };
  }

  function join(one, other, weight) {
    const pull = weight * WEIGHTS[Number(!one.isNode) + Number(!other.isNode)];
    one.ends.push([other, pull]);
    other.ends.push([one, pull]);
  }

  function layersOf(items) {
    const layers = new Map();
    for (const one of items) {
      const y = Math.round(one.at.y);
      layers.set(y, [...(layers.get(y) || []), one]);
    }
    return [...layers.entries()].sort(([one], [other]) => one - other).map(([, layer]) => layer.sort((one, other) => one.x - other.x));
  }

  // The best places of a layer while the others stay: wanted places, less the room before each, made non-decreasing.
  function settle(layer, reweighted) {
    let room = 0;
    const blocks = [];
    const offsets = layer.map((one, place) => {
      if (place) room += layer[place - 1].right + one.left + (layer[place - 1].isNode && one.isNode ? APART.nodes : APART.bends);
      return room;
    });
    layer.forEach((one, place) => {
      let [weight, moment] = [1e-6, 1e-6 * one.x];
      for (const [other, pull] of one.ends) {
        const now = reweighted ? pull / Math.max(NEAR, Math.abs(other.x - one.x)) : pull;
        [weight, moment] = [weight + now, moment + now * other.x];
      }
      const wanted = moment / weight;
      let block = { sum: weight * (wanted - offsets[place]), weight, count: 1 };
      while (blocks.length && mean(blocks[blocks.length - 1]) >= mean(block)) {
        const before = blocks.pop();
        block = { sum: before.sum + block.sum, weight: before.weight + block.weight, count: before.count + block.count };
      }
      blocks.push(block);
    });
    let place = 0;
    for (const block of blocks) {
      for (let number = 0; number < block.count; number += 1, place += 1) layer[place].x = mean(block) + offsets[place];
    }
  }

  function mean(block) {
    return block.sum / block.weight;
  }

  function toCorner(nodes, ways) {
    const points = ways.flatMap((way) => way.points);
    const left = Math.min(...nodes.map((node) => node.x - node.width / 2), ...points.map((point) => point.x)) - 24;
    for (const one of [...nodes, ...points]) one.x -= left;
  }

  bpa.processMapPositions = { straighten };
})();
