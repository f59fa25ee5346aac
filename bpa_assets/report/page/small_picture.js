// A whole diagram in small, beside the window that shows a part of it: a frame marks the part, a click or drag goes there.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const MARGIN = 30;

  // `layer`: the <g> of the drawing, with an id and without a transform of its own. `box()` and `seen()` give what is
  // drawn and what the window shows, as {x, y, width, height} of the drawing; `goTo(x, y)` brings a point to the middle.
  // For the mouse alone: the keyboard has the tasks themselves, the arrow keys and the buttons.
  function smallPicture(layer, { box, seen, goTo }) {
    const { html, svg } = bpa.elements;
    const frame = svg('rect', { class: 'bpa-seen' });
    const picture = svg('svg', { 'aria-hidden': 'true' }, svg('use', { href: '#' + layer.id }), frame);
    const holder = html('div', { class: 'bpa-small-picture', title: 'The whole diagram: click or drag to go there', hidden: true }, picture);

    // Call it when the drawing or the window has changed. Nothing is shown while the window shows all.
    function follow() {
      const [all, part] = [box(), seen()];
      holder.hidden = !all.width || !part.width || isIn(all, part);
      const outer = [all.x - MARGIN, all.y - MARGIN, all.width + 2 * MARGIN, all.height + 2 * MARGIN];
      picture.setAttribute('viewBox', outer.join(' '));
      picture.style.aspectRatio = outer[2] / outer[3];
      for (const name of ['x', 'y', 'width', 'height']) frame.setAttribute(name, part[name]);
    }

    const move = (event) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
      goTo(at.x, at.y);
    };
    picture.addEventListener('pointerdown', (event) => { picture.setPointerCapture(event.pointerId); move(event); });
    picture.addEventListener('pointermove', (event) => { if (picture.hasPointerCapture(event.pointerId)) move(event); });
    return { holder, follow };
  }

  // A hair that is cut off counts as seen: bpmn-js rounds its scale to thousandths, which is 1 % of 120 tasks.
  function isIn(all, part) {
    const hair = part.width / 50;
    return part.x <= all.x + hair && part.y <= all.y + hair
      && part.x + part.width >= all.x + all.width - hair && part.y + part.height >= all.y + all.height - hair;
  }

  bpa.smallPicture = smallPicture;
})();
