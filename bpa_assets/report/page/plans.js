// The plans: which to take, what it changes and does, what else there is to choose from, or why there is none.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html, choice } = bpa.elements;
  const SHOWN = 12;
  const MEASURES = { cost: 'Cost a week', cycle_time: 'Mean cycle time', p90_cycle_time: '90th percentile of the cycle time', waiting_time: 'Waiting' };

  const SCENARIOS = { calibration: 'weeks the search has seen', 'demand +10 %': '10 % more cases', 'held-out weeks': 'weeks the search has not seen' };

  const short = (text, most) => html('bdi', {}, bpa.wording.shorten(text, most));

  // "sla activity Approve" -> Approve within 4 h
  function measureName(one) {
    if (MEASURES[one.measure]) return MEASURES[one.measure];
    const what = one.measure.replace(/^sla /, '').replace(/^activity /, '').replace('cycle_time', 'Cycle time').replace('waiting_time', 'Waiting');
    return what + ' within ' + bpa.wording.duration(one.limit_seconds);
  }

  function card(title, value, ...below) {
    return html('div', { class: 'card' }, html('h3', {}, title), html('div', { class: 'value' }, value), ...below.filter(Boolean).map((text) => html('p', { class: 'muted' }, text)));
  }

  function cards(plan, search) {
    const { change, amount } = bpa.planFigures;
    const { duration, share } = bpa.wording;
    const between = (low, high) => (low === high ? null : bpa.planFigures.between(low, high)); // of no width, it says nothing new
    const limits = plan.effects.filter((one) => one.scenario === plan.effects[0].scenario && one.needed !== null);
    return html('div', { class: 'cards plan-cards' },
      card('Cost a week', change(plan.cost_change), between(plan.cost_change_low, plan.cost_change_high), amount(plan.cost_before, search.cost_unit) + ' → ' + amount(plan.cost_after, search.cost_unit)),
      card('Mean cycle time', change(plan.cycle_time_change), between(plan.cycle_time_change_low, plan.cycle_time_change_high), duration(plan.cycle_time_before) + ' → ' + duration(plan.cycle_time_after)),
      card('Slowest tenth', change(plan.p90_change), '90th percentile of the cycle time'),
      card('Waiting', change(plan.waiting_change), 'of a case, on average'),
      ...limits.map((one) => card(bpa.wording.shorten(measureName(one), 60), share(one.after), 'of the cases, ' + share(one.before) + ' today', (one.kept ? 'at least ' : 'not sure to be ') + share(one.needed) + ' is needed')));
  }

  // What one plan changes and does.
  function detail(report, plan, search) {
    return [
      html('p', { class: plan.accepted ? 'muted' : 'note' }, plan.accepted ? 'Accepted: ' : plan.standing === 'as_is' ? '' : 'Not accepted: ', short(plan.reason, 400)),
      plan.effects.length ? cards(plan, search) : null,
      bpa.heading(report, 3, 'Its lines', 'plan_changes'), bpa.planChanges(plan, search.cost_unit),
      plan.effects.length ? scenarios(report, plan, search) : null,
    ].filter(Boolean);
  }

  function scenarios(report, plan, search) {
    const { change, amount } = bpa.planFigures;
    const { duration, share } = bpa.wording;
    const figure = (one, value) => (value === null ? '' : one.needed !== null ? share(value) : one.measure === 'cost' ? amount(value, search.cost_unit) : duration(value));
    const columns = [['In', false], ['Figure', false], ['As it is', true], ['By the plan', true], ['Interval (95 %)', true], ['Kept', false]];
    const rows = plan.effects.map((one) => [SCENARIOS[one.scenario] || one.scenario, short(measureName(one), 80), figure(one, one.before), figure(one, one.after) || change(one.value),
      one.needed !== null ? share(one.low) + ' to ' + share(one.high) : bpa.planFigures.between(one.low, one.high), one.kept === null ? '' : one.kept ? 'yes' : 'no']);
    const said = '“As it is” is simulated too, in weeks like the first four fifths of the log’s once the process has filled up: it need not be the mean of the log.';
    return html('div', {}, bpa.heading(report, 3, 'In other weeks', 'plan_effects'), html('p', { class: 'muted' }, said), bpa.longTable('The plan in each scenario', columns, rows, SHOWN));
  }

  function label(plan) {
    return (plan.mark ? plan.mark + ' ' : '') + bpa.wording.shorten(plan.name, 60) + (plan.recommended ? ' (recommended)' : '');
  }

  function chooser(report, plans, search) {
    const holder = html('div', { class: 'plan-detail' });
    const show = (id) => holder.replaceChildren(...detail(report, plans.find((one) => one.plan_id === id), search));
    const first = plans.find((one) => one.recommended) || plans[0];
    show(first.plan_id);
    const tools = html('div', { class: 'tools' }, choice('Plan', plans.map((one) => [one.plan_id, label(one)]), first.plan_id, show));
    return [tools, holder];
  }

  function front(report, plans) {
    const { change, between } = bpa.planFigures;
    const columns = [['Plan', false], ['Cost a week', true], ['Interval (95 %)', true], ['Mean cycle time', true], ['Interval (95 %)', true], ['Accepted', false], ['Because', false]];
    const rows = plans.map((one) => [short(label(one), 80), change(one.cost_change), between(one.cost_change_low, one.cost_change_high), change(one.cycle_time_change),
      between(one.cycle_time_change_low, one.cycle_time_change_high), one.standing === 'choice' ? (one.accepted ? 'yes' : 'no') : '', html('div', { class: 'reason' }, short(one.reason, 300))]);
    return [bpa.heading(report, 3, 'To choose from', 'plans'), html('p', { class: 'muted' }, 'Left is cheaper, down is faster; a plan has to lie in the box, with its whole interval. Controls are the simple ways that a plan has to beat.'),
      bpa.chart(report, 'plans', 'Change of the cost a week and of the mean cycle time of each plan; the table below has the figures'),
      bpa.longTable('All plans that were simulated', columns, rows, SHOWN)];
  }

  function fragility(search) {
    const text = search.breaks_at === null ? 'The plan holds up to twice the cases of today.'
      : 'The plan breaks a goal or a limit from ' + bpa.planFigures.change(search.breaks_at - 1) + ' cases on.';
    return html('p', { class: search.breaks_at !== null && search.breaks_at < 1.1 ? 'note' : '' }, text);
  }

  function listed(title, sentences) {
    return sentences.length ? [html('h3', {}, title), html('ul', { class: 'sentences' }, sentences.map((one) => html('li', { dir: 'auto' }, one)))] : [];
  }

  function headline(plans, search) {
    const { fall } = bpa.planFigures;
    const plan = plans.find((one) => one.recommended);
    if (plan) {
      const told = (name) => fall(plan[name], plan[name + '_low'], plan[name + '_high']);
      return 'With ' + (plan.changes.length === 1 ? 'one change' : plan.changes.length + ' changes') + ' cost falls by ' + told('cost_change') + ' and the mean cycle time by ' + told('cycle_time_change') + '.';
    }
    const goals = 'cost by ' + bpa.wording.share(search.cost_goal) + ' and the mean cycle time by ' + bpa.wording.share(search.cycle_time_goal);
    if (!plans.length) return 'There is no plan.';
    return search.proven ? 'No plan can lower ' + goals + '.' : 'No plan that was found lowers ' + goals + ', surely.';
  }

  function mount(element, report) {
    if (!report.plan) {
      element.append(html('p', { class: 'note' }, 'This run has not looked for plans.'));
      return;
    }
    const { plans, search } = report.plan;
    const recommended = plans.some((one) => one.recommended);
    element.append(...bpa.lead(report, 'plans', headline(plans, search), 'simulated'), ...listed('Why', search.proof));
    if (!plans.length) element.append(...search.said.map((one) => html('p', { class: 'note', dir: 'auto' }, one)));
    else element.append(...chooser(report, plans, search), ...(recommended ? [fragility(search)] : []), ...front(report, plans), ...listed('Notes', search.said));
    element.append(...listed('What was assumed', search.assumptions));
  }

  bpa.plans = { mount };
})();
