// A drawing as an SVG file of its own: the page's variables replaced by their colours, on the page's ground, with credit.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const STRIP = 26;

  // `drawing`: the text of an SVG with a viewBox.
  function standalone(drawing, credit) {
    const picture = new DOMParser().parseFromString(drawing, 'image/svg+xml').documentElement;
    const [x, y, width, height] = picture.getAttribute('viewBox').split(/[ ,]+/).map(Number);
    const { svg } = bpa.elements;
    picture.setAttribute('viewBox', [x, y, width, height + STRIP].join(' '));
    picture.setAttribute('width', width);
    picture.setAttribute('height', height + STRIP);
    picture.querySelectorAll('[tabindex]').forEach((one) => one.removeAttribute('tabindex'));
    picture.prepend(svg('rect', { x, y, width, height: height + STRIP, style: 'fill:var(--bpa-surface)' }));
    picture.append(svg('text', { x: x + 8, y: y + height + STRIP - 9, style: 'fill:var(--bpa-muted);font:11px Arial, Helvetica, sans-serif' }, credit));
    return coloured(new XMLSerializer().serializeToString(picture));
  }

  function coloured(text) {
    const style = getComputedStyle(document.documentElement);
    return text.replace(/var\((--bpa-[a-z0-9-]+)\)/g, (_, name) => style.getPropertyValue(name).trim() || 'currentColor');
  }

  bpa.savedPicture = { standalone };
})();
