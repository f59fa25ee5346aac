// The BPMN diagram itself: bpmn-js with the page's colours, tasks that the keyboard and screen readers reach, badges.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const READABLE = 0.75;
  const COMFORTABLE = 0.8;
  const MARGIN = 30;

  // Colours go into the drawing as variables, so that it follows light and dark by itself.
  function openDiagram(container) {
    return new window.BpmnJS({
      container,
      bpmnRenderer: {
        defaultFillColor: 'var(--bpa-surface)', defaultStrokeColor: 'var(--bpa-line)', defaultLabelColor: 'var(--bpa-text)',
      },
      // The letters that the boxes were measured for (process_model/diagram/label_size.py).
      textRenderer: { defaultStyle: { fontFamily: 'Arial, Helvetica, sans-serif', fontSize: 12 } },
      // The wheel belongs to the page; with Ctrl it zooms (see `listenToWheel`).
      zoomScroll: { enabled: false },
    });
  }

  function tasksOf(viewer, elements) {
    return viewer
      .get('elementRegistry')
      .filter((one) => one.id in elements && !one.labelTarget)
      .sort((one, other) => middle(one) - middle(other) || one.y - other.y);
  }

  function middle(shape) {
    return shape.x + shape.width / 2;
  }

  // The tasks that come directly after a shape (`outgoing`) or before it (`incoming`), through gateways.
  function neighbours(shape, direction, elements) {
    const end = direction === 'outgoing' ? 'target' : 'source';
    const [seen, waiting, found] = [new Set(), [shape], []];
    while (waiting.length) {
      for (const flow of waiting.shift()[direction]) {
        const other = flow[end];
        if (seen.has(other)) continue;
        seen.add(other);
        if (other.id in elements) found.push(other);
        else waiting.push(other);
      }
    }
    return found;
  }

  // Everything a task needs to be a button: a name, a place in the tab order along the flow, keys.
  function makeTasksButtons(viewer, elements, choose) {
    const graphics = (shape) => viewer.get('elementRegistry').getGraphics(shape);
    const tasks = tasksOf(viewer, elements);
    viewer.get('elementRegistry').filter((one) => one.parent).forEach((one) => graphics(one).setAttribute('aria-hidden', 'true'));
    const move = (to) => to && graphics(to).focus();
    tasks.forEach((task, place) => {
      const gfx = graphics(task);
      gfx.removeAttribute('aria-hidden');
      for (const [name, value] of [['tabindex', 0], ['role', 'button'], ['aria-pressed', 'false']]) gfx.setAttribute(name, value);
      joinLines(gfx, elements[task.id].name);
      gfx.parentNode.parentNode.append(gfx.parentNode);
      gfx.addEventListener('focus', () => viewer.get('canvas').scrollToElement(task.id, MARGIN));
      gfx.addEventListener('keydown', (event) => {
        const to = {
          ArrowRight: () => move(neighbours(task, 'outgoing', elements)[0]),
          ArrowLeft: () => move(neighbours(task, 'incoming', elements)[0]),
          ArrowDown: () => move(tasks[place + 1]),
          ArrowUp: () => move(tasks[place - 1]),
          Enter: () => choose(task.id),
          ' ': () => choose(task.id),
        }[event.key];
        if (!to || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        event.stopPropagation();
        to();
      });
    });
    return tasks;
  }

  // Lines of a wrapped name are read with the blank between them that the name has (WCAG 2.5.3 compares the two).
  function joinLines(gfx, name) {
    let place = 0;
    const lines = [...gfx.querySelectorAll('text tspan')];
    for (const line of lines) {
      const at = name.indexOf(line.textContent, place);
      if (at < 0) return;
      place = at + line.textContent.length;
      if (line !== lines[lines.length - 1] && /\s/.test(name.charAt(place))) line.textContent += ' ';
    }
  }

  function paintTask(viewer, task, colours) {
    const gfx = viewer.get('elementRegistry').getGraphics(task);
    const box = gfx.querySelector('.djs-visual > rect');
    box.style.fill = colours.fill;
    box.style.fillOpacity = 1;
    gfx.querySelectorAll('.djs-visual > text, .djs-visual > text tspan').forEach((text) => (text.style.fill = colours.text));
    gfx.querySelectorAll('.djs-visual > path').forEach((marker) => (marker.style.stroke = colours.text));
  }

  // Badges are a layer of the drawing, above all shapes: they scale with it, are printed and saved with it.
  function badgeLayer(viewer) {
    const layer = bpa.elements.svg('g', { class: 'bpa-badges', 'aria-hidden': 'true' });
    viewer.get('canvas').getActiveLayer().append(layer);
    return layer;
  }

  // `before`: at the upper left corner with an hourglass, else at the upper right one.
  function badge(task, text, before) {
    const { svg } = bpa.elements;
    const icon = before ? 12 : 0;
    const width = 14 + 6.8 * Array.from(text).length + icon;
    const x = before ? task.x - 14 : task.x + task.width + 10 - width;
    const y = task.y - 11;
    const glass = svg('path', {
      d: 'M' + (x + 7) + ' ' + (y + 5) + 'h8 l-3 5 3 5 h-8 l3 -5z', style: 'fill:var(--bpa-text);stroke:none',
    });
    return svg(
      'g',
      {},
      svg('rect', { x, y, width, height: 20, rx: 10, style: 'fill:var(--bpa-surface);stroke:var(--bpa-text);stroke-width:1.2px' }),
      before ? glass : null,
      svg('text', {
        x: x + icon + (width - icon) / 2, y: y + 14, 'text-anchor': 'middle',
        style: 'fill:var(--bpa-text);font:600 12px Arial, Helvetica, sans-serif',
      }, text),
    );
  }

  // Lines as wide as they are taken often; arrow heads keep their size.
  function paintFlows(viewer, flows, container) {
    const greatest = Math.max(1, ...Object.values(flows));
    for (const [id, frequency] of Object.entries(flows)) {
      const gfx = viewer.get('elementRegistry').getGraphics(id);
      const line = gfx && gfx.querySelector('.djs-visual > path');
      if (line) line.style.strokeWidth = (1.2 + 4.3 * Math.sqrt(frequency / greatest)).toFixed(1) + 'px';
    }
    container.querySelectorAll('marker').forEach((marker) => {
      marker.setAttribute('markerUnits', 'userSpaceOnUse');
      marker.setAttribute('markerWidth', 15);
      marker.setAttribute('markerHeight', 15);
    });
  }

  // Opens so that it can be read: whole if that is large enough, else at the start event.
  function openReadable(viewer) {
    const canvas = viewer.get('canvas');
    const { inner, outer } = canvas.viewbox();
    if (!outer.width || !outer.height) return;
    if (Math.min(outer.width / (inner.width + 2 * MARGIN), outer.height / (inner.height + 2 * MARGIN)) >= READABLE) fit(viewer);
    else toStart(viewer);
  }

  function toStart(viewer) {
    const canvas = viewer.get('canvas');
    const { inner, outer } = canvas.viewbox();
    const start = viewer.get('elementRegistry').find((one) => one.type === 'bpmn:StartEvent') || inner;
    const [width, height] = [outer.width / COMFORTABLE, outer.height / COMFORTABLE];
    // A diagram that is lower than the window lies in its middle; of a higher one no empty room above or below is shown.
    const [top, bottom] = [inner.y - MARGIN, inner.y + inner.height + MARGIN - height];
    const y = bottom <= top ? (top + bottom) / 2 : Math.min(bottom, Math.max(top, start.y + (start.height - height) / 2));
    canvas.viewbox({ x: start.x - MARGIN, y, width, height });
  }

  function fit(viewer) {
    const canvas = viewer.get('canvas');
    const { inner, outer } = canvas.viewbox();
    const scale = Math.min(1.1, outer.width / (inner.width + 2 * MARGIN), outer.height / (inner.height + 2 * MARGIN));
    const [width, height] = [outer.width / scale, outer.height / scale];
    canvas.viewbox({ x: inner.x + (inner.width - width) / 2, y: inner.y + (inner.height - height) / 2, width, height });
  }

  // The whole diagram in small; it follows what the window shows.
  function smallPicture(viewer) {
    const canvas = viewer.get('canvas');
    const layer = canvas.getActiveLayer();
    layer.id = 'bpa-model-drawing';
    const small = bpa.smallPicture(layer, {
      box: () => canvas.viewbox().inner,
      seen: () => canvas.viewbox(),
      goTo: (x, y) => {
        const { width, height } = canvas.viewbox();
        canvas.viewbox({ x: x - width / 2, y: y - height / 2, width, height });
      },
    });
    viewer.on('canvas.viewbox.changed', small.follow);
    return small.holder;
  }

  function zoomBy(viewer, factor, position) {
    const canvas = viewer.get('canvas');
    canvas.zoom(Math.min(4, Math.max(0.1, canvas.zoom() * factor)), position || 'auto');
  }

  bpa.modelDiagram = {
    openDiagram, makeTasksButtons, paintTask, paintFlows, badgeLayer, badge, openReadable, toStart, fit, smallPicture, zoomBy,
  };
})();
