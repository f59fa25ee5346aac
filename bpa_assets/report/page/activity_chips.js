// Activities as coloured chips: the same activity has the same colour everywhere; its name is always there, too.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html, button } = bpa.elements;
  const COLOURS = 12;
  const SHOWN = 14;

  function chip(report, activity, times) {
    const name = report.activities[activity].name;
    return html('li', { class: 'chip chip-' + (activity % COLOURS), title: name.length > 40 ? bpa.wording.shorten(name, 300) : null },
      html('bdi', {}, bpa.wording.shorten(name, 60)), times > 1 ? html('span', { class: 'times' }, ' ×' + times) : null);
  }

  // Repetitions side by side are drawn once, with how many they are.
  function folded(path) {
    const found = [];
    for (const activity of path) {
      if (found.length && found[found.length - 1][0] === activity) found[found.length - 1][1] += 1;
      else found.push([activity, 1]);
    }
    return found;
  }

  // The sequence of a variant; a long one is cut until a person asks for the rest.
  function sequence(report, path) {
    const steps = folded(path);
    const list = html('ol', { class: 'chips', 'aria-label': path.length + ' steps' });
    const draw = (some) => list.replaceChildren(...some.map(([activity, times]) => chip(report, activity, times)));
    if (steps.length <= SHOWN + 2) {
      draw(steps);
      return list;
    }
    draw(steps.slice(0, SHOWN));
    const rest = steps.length - SHOWN;
    const more = button(rest + ' more steps', () => { draw(steps); more.remove(); }, { class: 'quiet' });
    return html('div', {}, list, more);
  }

  bpa.chips = { chip, sequence, COLOURS };
})();
