// Moving and zooming a drawing in an <svg>: mouse, touch to the side, Ctrl and wheel, keys; the page keeps its scroll.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const READABLE = 0.75;
  const STEP = 60;

  // `size()` gives {width, height, startX} of the drawing in `group`; `moved()` is called when another part of it is
  // shown. Returns what buttons do.
  function panZoom(svg, group, size, moved) {
    const at = { x: 0, y: 0, scale: 1 };
    function apply() {
      group.setAttribute('transform', 'translate(' + at.x.toFixed(1) + ' ' + at.y.toFixed(1) + ') scale(' + at.scale.toFixed(4) + ')');
      moved();
    }

    function place(scale, toStart) {
      const { width, height, startX } = size();
      const [roomX, roomY] = [svg.clientWidth, svg.clientHeight];
      at.scale = scale;
      at.x = width * scale <= roomX || !toStart ? (roomX - width * scale) / 2 : roomX / 2 - startX * scale;
      at.y = toStart ? 4 : (roomY - height * scale) / 2;
      apply();
    }

    function whole() {
      const { width, height } = size();
      return Math.min(svg.clientWidth / width, svg.clientHeight / height);
    }

    const moves = {
      fit: () => place(Math.min(1.2, whole()), false),
      start: () => place(1, true),
      // Whole if it can be read then, else as wide as fits, from the start on.
      open: () => (whole() >= READABLE ? moves.fit() : place(Math.min(1, Math.max(READABLE, svg.clientWidth / size().width)), true)),
      zoom(factor, x = svg.clientWidth / 2, y = svg.clientHeight / 2) {
        const scale = Math.min(4, Math.max(0.1, at.scale * factor));
        at.x = x - ((x - at.x) * scale) / at.scale;
        at.y = y - ((y - at.y) * scale) / at.scale;
        at.scale = scale;
        apply();
      },
      pan(dx, dy) {
        at.x += dx;
        at.y += dy;
        apply();
      },
      // The part of the drawing that is shown.
      seen: () => ({ x: -at.x / at.scale, y: -at.y / at.scale, width: svg.clientWidth / at.scale, height: svg.clientHeight / at.scale }),
      goTo: (x, y) => moves.pan(svg.clientWidth / 2 - at.x - x * at.scale, svg.clientHeight / 2 - at.y - y * at.scale),
      // Brings a point of the drawing into view.
      reveal(x, y) {
        const margin = 90;
        const [seenX, seenY] = [at.x + x * at.scale, at.y + y * at.scale];
        moves.pan(
          Math.min(0, svg.clientWidth - margin - seenX) + Math.max(0, margin - seenX),
          Math.min(0, svg.clientHeight - margin / 2 - seenY) + Math.max(0, margin / 2 - seenY),
        );
      },
    };
    listenToPointer(svg, moves);
    listenToKeys(svg, moves);
    svg.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      moves.zoom(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    return moves;
  }

  // A drag of more than a few pixels moves the drawing, and is no click on what lies under it.
  function listenToPointer(svg, moves) {
    let [last, moved] = [null, 0];
    svg.addEventListener('pointerdown', (event) => { [last, moved] = [event, 0]; });
    window.addEventListener('pointermove', (event) => {
      if (!last || event.pointerId !== last.pointerId) return;
      const [dx, dy] = [event.clientX - last.clientX, event.pointerType === 'touch' ? 0 : event.clientY - last.clientY];
      moved += Math.abs(dx) + Math.abs(dy);
      if (moved > 4) moves.pan(dx, dy);
      last = event;
    });
    ['pointerup', 'pointercancel'].forEach((name) => window.addEventListener(name, () => { last = null; }));
    svg.addEventListener('click', (event) => { if (moved > 4) event.stopPropagation(); }, true);
  }

  function listenToKeys(svg, moves) {
    svg.addEventListener('keydown', (event) => {
      if (event.target !== svg || event.ctrlKey || event.metaKey || event.altKey) return;
      const move = {
        ArrowLeft: () => moves.pan(STEP, 0), ArrowRight: () => moves.pan(-STEP, 0),
        ArrowUp: () => moves.pan(0, STEP), ArrowDown: () => moves.pan(0, -STEP),
        '+': () => moves.zoom(1.25), '=': () => moves.zoom(1.25), '-': () => moves.zoom(0.8), 0: () => moves.fit(),
      }[event.key];
      if (!move) return;
      event.preventDefault();
      move();
    });
  }

  bpa.panZoom = panZoom;
})();
