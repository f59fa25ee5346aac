// The figures of a task in words and with units, and the same of all tasks as a table.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const CAUSES = {
    batching: 'its batch is not complete yet', contention: 'who does it is busy with earlier work',
    prioritization: 'who does it takes later work first', unavailability: 'who does it is not at work',
    extraneous: 'something that is not in the log', unknown: 'the log does not say who does it or when it starts',
  };
  const MOST_PLACES = 5;

  // What the panel shows of a task.
  function taskDetails(task) {
    const { html } = bpa.elements;
    return [
      html('h3', { dir: 'auto', class: 'bpa-name' }, task.name),
      html('dl', {}, facts(task).flatMap(([term, said]) => [html('dt', {}, term), html('dd', {}, said)])),
      ...places(task),
      ...causes(task),
    ];
  }

  function facts(task) {
    const { count, cases, times, duration, share } = bpa.wording;
    const found = [];
    if (task.tasks > 1) {
      found.push(['Note', 'The model has it in ' + count(task.tasks) + ' places. How often, processing and waiting are of this one, all else of all of them together.']);
    }
    found.push(['Frequency', times(task.frequency) + ' in ' + cases(task.cases)]);
    if (task.rework_events) found.push(['Rework', times(task.rework_events) + ' in a case that had it before']);
    if (typeof task.median_processing_seconds === 'number' && task.time_basis !== 'gap') {
      found.push(['Processing', duration(task.median_processing_seconds) + ' (median); 9 of 10 within ' + duration(task.p90_processing_seconds)]);
    }
    if (typeof task.mean_waiting_seconds === 'number') {
      found.push(['Waiting', 'waits ' + duration(task.mean_waiting_seconds) + ' on average before it; median ' +
        duration(task.median_waiting_seconds) + ', 9 of 10 within ' + duration(task.p90_waiting_seconds) + '; ' +
        duration(task.total_waiting_seconds) + ' in all']);
    }
    if (task.time_basis === 'gap') found.push(['Note', 'The log has one time an event: the work itself is part of the waiting.']);
    if (task.rank && task.total_waiting_seconds) {
      found.push(['Bottleneck', 'number ' + count(task.rank) + ': ' + share(task.share_of_waiting) + ' of all waiting']);
    }
    if (task.cases_over_threshold) found.push(['Too long', cases(task.cases_over_threshold) + ' waited longer than the limit']);
    found.push(['Deviations', deviations(task)]);
    return found;
  }

  function deviations(task) {
    const { cases } = bpa.wording;
    const kinds = [
      [task.skipped_cases, 'skip it'], [task.inserted_cases, 'have it where the model does not expect it'],
      [task.swapped_cases, 'have it in another place'],
    ];
    return kinds.filter(([number]) => number).map(([number, said]) => cases(number) + ' ' + said).join('; ') || 'no case leaves the model here';
  }

  function places(task) {
    const { html } = bpa.elements;
    const { duration, cases } = bpa.wording;
    if (!(task.after || []).length) return [];
    const shown = task.after.slice(0, MOST_PLACES).map((one) =>
      html('li', {}, html('bdi', {}, bpa.wording.shorten(one.name, 80)), ': ' + duration(one.total_waiting_seconds) + ' in all, ' +
        duration(one.mean_waiting_seconds) + ' on average, ' + cases(one.cases)));
    return [html('h4', {}, 'It waits most after'), html('ul', {}, shown)];
  }

  function causes(task) {
    const { html } = bpa.elements;
    if (!(task.causes || []).length) return [];
    const shown = task.causes.map((one) => html(
      'li', { class: 'bpa-cause' },
      html('span', { class: 'bpa-share', style: 'width:' + Math.max(1, 100 * one.share).toFixed(1) + '%', 'aria-hidden': 'true' }),
      html('span', {}, bpa.wording.share(one.share) + ' – ' + one.cause + ': ' + CAUSES[one.cause] + ' (' + bpa.wording.duration(one.total_seconds) + ')'),
    ));
    return [html('h4', {}, 'Why it waits'), html('ul', {}, shown)];
  }

  // Of tasks of the same name the first.
  function oneOfEach(tasks) {
    const names = new Set();
    return tasks.filter(([, task]) => !names.has(task.name) && names.add(task.name));
  }

  // What the panel shows before anything is chosen: how to choose, and the worst places as buttons.
  function overview(elements, choose) {
    const { html, button } = bpa.elements;
    const worst = oneOfEach(Object.entries(elements).filter(([, task]) => task.rank && task.total_waiting_seconds)
      .sort(([, one], [, other]) => one.rank - other.rank || other.total_waiting_seconds - one.total_waiting_seconds)).slice(0, MOST_PLACES);
    const items = worst.map(([id, task]) => html('li', {},
      button(bpa.wording.shorten(task.name, 60), () => choose(id, true), { class: 'bpa-link', dir: 'auto' }),
      ' ', html('span', { class: 'bpa-unbroken' }, bpa.wording.share(task.share_of_waiting) + ' of all waiting')));
    return [
      html('h3', { class: 'bpa-hint' }, 'Tasks'),
      html('p', { class: 'bpa-hint' }, 'Choose a task, by click or with Tab and Enter, to see its figures.'),
      ...(items.length ? [html('h4', {}, 'Most waiting'), html('ol', {}, items)] : []),
    ];
  }

  // All figures as a table, for those who do not see the diagram; the last rows are not in the model.
  function taskTable(tasks, leftOut) {
    const { count, duration, cases } = bpa.wording;
    const columns = [['Task', false], ['Cases', true], ['Times', true], ['Processing, median', true], ['Waiting, mean', true],
      ['Waiting, total', true], ['Deviations', false], ['Greatest cause of waiting', false]];
    const row = (task, inModel) => [
      bpa.wording.shorten(task.name, 200), count(task.cases), count(task.frequency), duration(task.median_processing_seconds),
      duration(task.mean_waiting_seconds), duration(task.total_waiting_seconds),
      inModel ? deviations(task) : 'not in the model: ' + cases(task.cases), task.causes && task.causes.length ? task.causes[0].cause : '–',
    ];
    return bpa.elements.table('Figures of every task, along the flow', columns,
      [...tasks.map((task) => row(task, true)), ...leftOut.map((task) => row(task, false))]);
  }

  bpa.modelDetails = { taskDetails, overview, taskTable };
})();
