// The discovered model: the diagram, what it is coloured by, the details of a task, the same as a table, downloads.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const STEP = 1.25;
  const SHORTEST = 300;
  const TALLEST = 620;
  const SAME_NAME = [
    ' Tasks of the same name have their own figures; what fits none of them is not in them.',
    ' Tasks of the same name show the deviations of all of them together.',
  ];

  // Returns {ready, viewer}; `ready` gives bpmn-js's import warnings. `report.model` may be null.
  function mount(element, report, filter) {
    element.classList.add('bpa-diagram', 'bpa-model');
    if (!report.model) {
      element.append(bpa.elements.html('p', { class: 'bpa-note' },
        'No model is drawn: the one that was found allows any activity in any order. The process map shows what happened.'));
      return { ready: Promise.resolve([]), viewer: null };
    }
    const view = { model: report.model, measure: firstMeasure(report.model), chosen: null, tasks: [] };
    build(view, element, report);
    view.viewer = bpa.modelDiagram.openDiagram(view.canvas);
    if (filter && filter.subscribe) filter.subscribe(() => tellFilter(view, filter));
    tellFilter(view, filter);
    const ready = view.viewer.importXML(report.model.xml).then(
      ({ warnings }) => { drawn(view); return warnings; },
      (error) => { view.canvas.replaceChildren('The diagram could not be drawn: ' + error.message); return [error]; },
    );
    return { ready, viewer: view.viewer };
  }

  // Waiting is what people look for; a log that knows none is shown by frequency.
  function firstMeasure(model) {
    return Object.values(model.elements).some((task) => task.total_waiting_seconds > 0) ? 'total_waiting' : 'frequency';
  }

  function build(view, element, report) {
    const { html, button, choice } = bpa.elements;
    const measures = Object.entries(bpa.modelMeasures.MEASURES).map(([key, one]) => [key, one.label]);
    const name = (report.process || {}).key || 'process';
    view.canvas = html('div', { class: 'bpa-canvas' });
    view.details = html('aside', { class: 'bpa-details', 'aria-live': 'polite', 'aria-label': 'Details of the task', tabindex: 0 });
    view.legend = html('div', { class: 'bpa-legend' });
    view.note = html('p', { class: 'bpa-note', role: 'status' });
    view.figures = html('details', { class: 'bpa-alternative', id: 'bpa-model-table' });
    view.side = html('div', { class: 'bpa-side' }, view.details);
    view.frame = html('div', { class: 'bpa-frame' }, view.canvas, view.side);
    view.whole = html('div', { class: 'bpa-whole' },
      html('div', { class: 'bpa-bar' },
        choice('Colour by', measures, view.measure, (chosen) => { view.measure = chosen; paint(view); }),
        html('div', { class: 'bpa-buttons', role: 'group', 'aria-label': 'View of the model' },
          button('−', () => bpa.modelDiagram.zoomBy(view.viewer, 1 / STEP), { 'aria-label': 'Zoom out' }),
          button('+', () => bpa.modelDiagram.zoomBy(view.viewer, STEP), { 'aria-label': 'Zoom in' }),
          button('Fit', () => bpa.modelDiagram.fit(view.viewer)),
          button('Start', () => bpa.modelDiagram.toStart(view.viewer)),
          button('Full size', () => bpa.elements.toggleFullSize(view.whole))),
        html('div', { class: 'bpa-buttons', role: 'group', 'aria-label': 'Save the model' },
          html('a', { class: 'bpa-button', download: name + '.bpmn', href: 'data:application/xml;charset=utf-8,' + encodeURIComponent(report.model.xml) }, 'Download BPMN'),
          button('Save picture', () => savePicture(view, name)))),
      view.legend, view.frame);
    element.append(view.note, html('a', { class: 'bpa-skip', href: '#bpa-model-table', onclick: () => { view.figures.open = true; } },
      'Skip the diagram: all figures as a table'), view.whole, view.figures);
    show(view, null);
  }

  function drawn(view) {
    const { makeTasksButtons, badgeLayer, paintFlows, openReadable } = bpa.modelDiagram;
    const { elements, flows, left_out: leftOut } = view.model;
    const svg = view.canvas.querySelector('.djs-container > svg');
    svg.setAttribute('role', 'group');
    svg.setAttribute('aria-label', 'BPMN diagram of the process. Tab or the arrow keys go from task to task, Enter shows the figures.');
    const shapes = makeTasksButtons(view.viewer, elements, (id) => show(view, id));
    view.tasks = shapes;
    view.badges = badgeLayer(view.viewer);
    paintFlows(view.viewer, flows, view.canvas);
    view.figures.append(bpa.elements.html('summary', {}, 'The same as a table'),
      bpa.modelDetails.taskTable(shapes.map((shape) => elements[shape.id]), leftOut || []));
    view.viewer.on('element.click', ({ element }) => { show(view, element.id in elements ? element.id : null); });
    paint(view);
    view.side.prepend(bpa.modelDiagram.smallPicture(view.viewer));
    setHeight(view);
    openOnceVisible(view, openReadable);
    listenToWheel(view);
    listenToSwipes(view);
    printWhole(view);
  }

  function paint(view) {
    const { MEASURES, colourStep, colours, swatches } = bpa.modelMeasures;
    const measure = MEASURES[view.measure];
    const values = Object.values(view.model.elements).map((task) => measure.value(task) || 0);
    const greatest = Math.max(0, ...values);
    view.badges.replaceChildren();
    for (const shape of view.tasks) {
      const task = view.model.elements[shape.id];
      const step = colourStep(measure.value(task), greatest);
      bpa.modelDiagram.paintTask(view.viewer, shape, colours(measure.scale, step));
      const text = measure.badge(task);
      view.badges.append(bpa.modelDiagram.badge(shape, text, measure.waits));
      view.viewer.get('elementRegistry').getGraphics(shape).setAttribute('aria-label', task.name + ', ' + measure.label.toLowerCase() + ': ' + text);
    }
    view.legend.replaceChildren(
      bpa.elements.html('span', {}, measure.legend),
      swatches(measure, greatest),
      bpa.elements.html('span', {}, 'The wider a line, the more often it was taken (an estimate).' +
        (Object.values(view.model.elements).some((task) => task.tasks > 1) ? SAME_NAME[view.measure === 'deviations' ? 1 : 0] : '')));
  }

  // Shows a task in the panel, or what can be chosen; `reveal` also brings it into view.
  function show(view, id, reveal) {
    const { taskDetails, overview } = bpa.modelDetails;
    const registry = view.viewer && view.viewer.get('elementRegistry');
    for (const [one, pressed] of [[view.chosen, false], [id, true]]) {
      const gfx = registry && one && registry.getGraphics(one);
      if (gfx) gfx.setAttribute('aria-pressed', String(pressed));
    }
    view.chosen = id;
    view.details.replaceChildren(...(id ? taskDetails(view.model.elements[id]) : overview(view.model.elements, (chosen, far) => show(view, chosen, far))));
    if (id && reveal) {
      view.viewer.get('canvas').scrollToElement(id, 60);
      registry.getGraphics(id).focus();
    }
  }

  function tellFilter(view, filter) {
    const only = filter && filter.variants;
    view.note.textContent = only ? 'The model and its figures are of all cases: the filter does not change them.' : '';
  }

  function setHeight(view) {
    const { inner } = view.viewer.get('canvas').viewbox();
    view.frame.style.setProperty('--bpa-height', Math.round(Math.min(TALLEST, Math.max(SHORTEST, inner.height + 90))) + 'px');
    view.viewer.get('canvas').resized();
  }

  // In a folded section the window has no size yet.
  function openOnceVisible(view, open) {
    let opened = false;
    new ResizeObserver(() => {
      if (!view.canvas.clientWidth || !view.canvas.clientHeight) return;
      view.viewer.get('canvas').resized();
      if (!opened) open(view.viewer);
      opened = true;
    }).observe(view.canvas);
  }

  function listenToWheel(view) {
    view.canvas.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = view.canvas.getBoundingClientRect();
      bpa.modelDiagram.zoomBy(view.viewer, Math.exp(-event.deltaY / 300), { x: event.clientX - box.left, y: event.clientY - box.top });
    }, { passive: false });
  }

  // On a touch screen a swipe to the side moves the diagram, one up or down the page (touch-action in the style).
  function listenToSwipes(view) {
    let last = null;
    view.canvas.addEventListener('pointerdown', (event) => { last = event.pointerType === 'touch' ? event.clientX : null; });
    view.canvas.addEventListener('pointermove', (event) => {
      if (last === null || event.pointerType !== 'touch') return;
      view.viewer.get('canvas').scroll({ dx: event.clientX - last, dy: 0 });
      last = event.clientX;
    });
    ['pointerup', 'pointercancel'].forEach((name) => view.canvas.addEventListener(name, () => { last = null; }));
  }

  // Paper shows the whole diagram, as wide as the paper is (about 650 pixels), and room for the mark below it.
  function printWhole(view) {
    const svg = view.canvas.querySelector('.djs-container > svg');
    const viewport = svg.querySelector('.viewport');
    let transform = null;
    window.addEventListener('beforeprint', () => {
      const { x, y, width, height } = view.viewer.get('canvas').viewbox().inner;
      const mark = (48 * (width + 40)) / 650;
      transform = viewport.getAttribute('transform');
      viewport.removeAttribute('transform');
      svg.setAttribute('viewBox', [x - 20, y - 20, width + 40, height + 40 + mark].join(' '));
      view.canvas.style.aspectRatio = (width + 40) / (height + 40 + mark);
    });
    window.addEventListener('afterprint', () => {
      svg.removeAttribute('viewBox');
      view.canvas.style.aspectRatio = '';
      if (transform) viewport.setAttribute('transform', transform);
    });
  }

  function savePicture(view, name) {
    view.viewer.saveSVG().then(({ svg }) => bpa.elements.save(name + '-model.svg', 'image/svg+xml',
      bpa.savedPicture.standalone(svg, 'Process model found by bpa; drawn with bpmn.io')));
  }

  bpa.modelView = { mount };
})();
