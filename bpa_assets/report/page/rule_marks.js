// Where rules are asked, in the diagram of the model: a badge at each gateway or task that has some, and the way there and back.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { svg } = bpa.elements;
  const HERE = 'bpa-rule-here';

  // The element of the diagram where a rule is asked: its gateway, the (first) task before it, the start. Null if it is not drawn.
  function places(report) {
    const tasks = new Map(Object.entries(report.model ? report.model.elements : {}).reverse().map(([id, task]) => [task.name, id]));
    return (rule) => {
      if (!report.model) return null;
      if (rule.element) return rule.element;
      return rule.after === null ? 'start' : tasks.get(rule.after) || null;
    };
  }

  function shapeOf(viewer, place) {
    const registry = viewer.get('elementRegistry');
    return place === 'start' ? registry.find((one) => one.type === 'bpmn:StartEvent') : registry.get(place);
  }

  function badge(shape, count, choose) {
    const text = count + (count === 1 ? ' rule' : ' rules');
    const width = 16 + 6.6 * text.length;
    const x = shape.x + shape.width / 2 - width / 2;
    const y = shape.y + shape.height + 3;
    const go = (event) => { event.preventDefault(); event.stopPropagation(); choose(); };
    return svg('g', {
      role: 'button', tabindex: 0, class: 'bpa-rule-badge', 'aria-label': text + ' asked here: show them',
      onclick: go, onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') go(event); },
    },
    svg('rect', { x, y, width, height: 20, rx: 4, style: 'fill:var(--bpa-surface);stroke:var(--bpa-accent);stroke-width:1.5px' }),
    svg('text', { x: x + width / 2, y: y + 14, 'text-anchor': 'middle', style: 'fill:var(--bpa-accent);font:600 12px Arial, Helvetica, sans-serif' }, text));
  }

  function draw(viewer, report, placeOf, choose) {
    const asked = new Map();
    report.rules.rules.forEach((rule, number) => {
      const place = placeOf(rule);
      if (place !== null) asked.set(place, [...(asked.get(place) || []), number]);
    });
    const layer = svg('g', { class: 'bpa-rule-badges' });
    for (const [place, numbers] of asked) {
      const shape = shapeOf(viewer, place);
      if (shape) layer.append(badge(shape, numbers.length, () => choose(numbers[0])));
    }
    viewer.get('canvas').getActiveLayer().append(layer);
  }

  // `model`: what modelView.mount gave; `choose`: goes to a rule by its place in the list.
  function ruleMarks(model, report, choose) {
    const placeOf = places(report);
    let shown = null;
    if (model.viewer) model.ready.then((told) => { if (!told.some((one) => one instanceof Error)) draw(model.viewer, report, placeOf, choose); });
    function reveal(place) {
      const shape = shapeOf(model.viewer, place);
      if (!shape) return;
      const canvas = model.viewer.get('canvas');
      if (shown) canvas.removeMarker(shown, HERE);
      shown = shape.id;
      canvas.addMarker(shown, HERE);
      document.getElementById('model').scrollIntoView({ behavior: 'instant' });
      canvas.scrollToElement(shown, 90);
      const gfx = model.viewer.get('elementRegistry').getGraphics(shown);
      if (gfx.getAttribute('tabindex') !== null) gfx.focus({ preventScroll: true });
    }
    return { placeOf: (rule) => (model.viewer ? placeOf(rule) : null), reveal };
  }

  bpa.ruleMarks = ruleMarks;
})();
