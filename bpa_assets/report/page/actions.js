// What rules and plans ask for, how far each action has come, and what rules changed since they were switched on.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;
  const SHOWN = 12;
  const MEANINGS = {
    proposed: 'waits for an approval', approved: 'will be sent', sending: 'is being sent', unknown: 'somebody has to look: it may have had its effect',
    failed: 'mend the cause, then bpa actions retry', withdrawn: 'not asked for any more',
    new: 'only shown: push.enabled is off in process.yaml', problem: 'cannot be sent',
  };
  const MEASURES = { foretold: 'What the rule foretells came true', sla_breached: 'Broke a limit', cycle_time_seconds: 'Mean cycle time' };

  const day = (moment) => (moment ? moment.slice(0, 16).replace('T', ' ') : '');
  const signed = (value, text) => (value < 0 ? '−' : '+') + text(Math.abs(value));

  function states(found) {
    return html('p', {}, Object.entries(found).flatMap(([state, count], place) => [place ? ', ' : '',
      html('strong', {}, bpa.wording.count(count)), ' ' + state + (MEANINGS[state] ? ' (' + MEANINGS[state] + ')' : '')]));
  }

  function actions(part) {
    const columns = [['Case', false], ['Asks for', false], ['State', false], ['Risk', false], ['Through', false], ['Approved by', false], ['Done (UTC)', false], ['Rule or plan', false], ['Action', false]];
    const rows = part.actions.map((one) => [bpa.wording.shorten(one.case_id || 'all', 60), one.action, html('span', {}, html('span', { class: 'tag' }, one.state), one.reason ? ' ' + bpa.wording.shorten(one.reason, 200) : ''), one.risk || '',
      one.connection ? one.connection + '.' + one.operation : '', one.approved_by || '', day(one.done_at), one.rule_id, one.action_id]);
    return bpa.longTable('Actions, those that need somebody first', columns, rows, SHOWN);
  }

  function effects(list) {
    const { count, duration, share } = bpa.wording;
    const columns = [['Rule', false], ['Measure', false], ['Before', true], ['Since', true], ['Difference (95 %)', true], ['Finding', false]];
    const rows = list.map((one) => {
      const text = one.measure === 'cycle_time_seconds' ? duration : share;
      const side = (value, cases) => (value === null ? '' : text(value) + ' of ' + count(cases));
      const range = one.difference_low === null ? '' : ' (' + signed(one.difference_low, text) + ' to ' + signed(one.difference_high, text) + ')';
      return [one.rule_id, MEASURES[one.measure] || one.measure, side(one.value_before, one.cases_before), side(one.value_since, one.cases_since),
        one.difference === null ? '' : signed(one.difference, text) + range, one.finding];
    });
    return bpa.longTable('What changed since rules were switched on', columns, rows, SHOWN);
  }

  function mount(element, report) {
    const part = report.actions;
    if (!part || !part.actions.length) {
      element.append(html('p', { class: 'note' }, part ? 'No accepted rule or plan asks for anything in an open case.' : 'This run did not look for actions.'));
      if (!part || !part.effects.length) return;
    } else {
      element.append(...bpa.lead(report, 'actions', 'What accepted rules ask for in open cases, and how far it had come when this run was published.', 'of all cases'), states(part.states), actions(part));
      if (part.actions_left_out) element.append(html('p', { class: 'muted' }, 'And ' + bpa.wording.count(part.actions_left_out) + ' more: bpa actions list.'));
    }
    if (part.effects.length) element.append(bpa.heading(report, 3, 'What changed', 'rule_effect', 'of all cases'), effects(part.effects));
  }

  bpa.actions = { mount };
})();
