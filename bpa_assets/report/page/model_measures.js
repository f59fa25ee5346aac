// What the model can be coloured by: the value of a task, the text of its badge, the step of its colour.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const STEPS = 5;

  // `waits`: the badge stands before the task, not on it.
  const MEASURES = {
    frequency: {
      label: 'Frequency', scale: 'cool', whole: true, value: (task) => task.frequency,
      badge: (task) => words().shortCount(task.frequency), written: (value) => words().count(value),
      legend: 'How often the task was done.',
    },
    mean_waiting: {
      label: 'Waiting, mean', scale: 'heat', waits: true, value: (task) => task.mean_waiting_seconds,
      badge: (task) => words().shortDuration(task.mean_waiting_seconds), written: (value) => words().shortDuration(value),
      legend: 'How long cases wait before the task, on average.',
    },
    total_waiting: {
      label: 'Waiting, total', scale: 'heat', waits: true, value: (task) => task.total_waiting_seconds,
      badge: (task) => words().shortDuration(task.total_waiting_seconds), written: (value) => words().shortDuration(value),
      legend: 'All waiting of all cases before the task.',
    },
    processing: {
      label: 'Processing, median', scale: 'heat', value: (task) => task.median_processing_seconds,
      badge: (task) => words().shortDuration(task.median_processing_seconds), written: (value) => words().shortDuration(value),
      legend: 'How long the task itself takes.',
    },
    deviations: {
      label: 'Deviations', scale: 'heat', whole: true, value: (task) => task.deviating_cases, badge: deviationBadge,
      written: (value) => words().count(value),
      legend: 'Cases that leave the model at the task: − skipped, + done where the model does not expect it, ↔ done elsewhere.',
    },
  };

  function words() {
    return bpa.wording;
  }

  function deviationBadge(task) {
    const parts = [['−', task.skipped_cases], ['+', task.inserted_cases], ['↔', task.swapped_cases]];
    const told = parts.filter(([, cases]) => cases > 0).map(([sign, cases]) => sign + words().shortCount(cases));
    return told.join(' ') || '0';
  }

  // Steps of equal width of the square root: a few large values leave the small ones apart.
  function colourStep(value, greatest) {
    if (!(value > 0) || !(greatest > 0)) return 0;
    return Math.max(1, Math.min(STEPS, Math.ceil(STEPS * Math.sqrt(value / greatest) - 1e-9)));
  }

  // The greatest value of a step.
  function upTo(step, greatest) {
    return greatest * (step / STEPS) ** 2;
  }

  function colours(scale, step) {
    return { fill: 'var(--bpa-' + scale + '-' + step + ')', text: 'var(--bpa-' + scale + '-text-' + step + ')' };
  }

  // The swatches that belong to a measure, with what they stand for; of whole numbers only steps that have any.
  function swatches({ scale, written, whole }, greatest) {
    const { html } = bpa.elements;
    const ends = [0, 1, 2, 3, 4, 5].map((step) => (whole ? Math.floor(upTo(step, greatest) + 1e-9) : upTo(step, greatest)));
    return html(
      'ul',
      { class: 'bpa-swatches' },
      ends.map((end, step) => {
        if (step && end <= ends[step - 1]) return null;
        const { fill, text } = colours(scale, step);
        return html('li', { style: 'background:' + fill + ';color:' + text }, step ? '≤ ' + written(end) : written(0));
      }),
    );
  }

  bpa.modelMeasures = { MEASURES, colourStep, colours, swatches };
})();
