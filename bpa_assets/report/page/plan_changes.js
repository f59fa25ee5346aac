// The lines of a plan in words: what to do, what that alone does, why, and what could go wrong.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;
  const now = (one) => [one.subject, ': ', one.to_value, ' (now: ', one.from_value, ')'];
  // What kind of change it is, how it is said, and what nobody has measured.
  const KINDS = {
    headcount: ['Staff', (one) => [one.subject, ': ', one.to_value, one.to_value === '1' ? ' person (now: ' : ' people (now: ', one.from_value, ')'], 'An absence, or a busy week, is felt sooner with fewer people; new ones have to learn first.'],
    hours: ['Working hours', now, 'People have to agree to these hours.'],
    reassign: ['Who does it', now, 'Who has never done it is taken to need as long as all others.'],
    automate: ['Automate', now, 'What is left to do and what it costs is what process.yaml says, not what was measured.'],
    skip: ['Leave out', now, 'What the step guards against is not in the log.'],
    merge: ['Do together', now, 'Whoever does the first step has to be able to do the second.'],
    parallelize: ['Do side by side', now, 'The second step must not need what the first one finds out.'],
    dispatch: ['Order of work', now, 'It holds only if everybody keeps to it.'],
  };

  // A share in percent, with at most three digits and, of less than a tenth or where asked, one after the point.
  function percent(value, exact) {
    const size = Math.abs(value) * 100;
    return Number(size.toFixed(size < 9.95 || exact ? 1 : 0));
  }

  // With its sign: −18 %, +3.1 %.
  function change(value, exact) {
    if (typeof value !== 'number' || !isFinite(value)) return '–';
    const size = percent(value, exact);
    return (size === 0 ? '±' : value < 0 ? '−' : '+') + size + ' %';
  }

  // An interval, exact where its ends would look the same.
  function between(low, high) {
    const exact = change(low) === change(high);
    const [first, last] = [change(low, exact), change(high, exact)];
    return first === last ? first : first.replace(' %', '') + ' to ' + last;
  }

  // A fall and its interval, the least first: 24 % (22 to 26 %).
  function fall(value, low, high) {
    const exact = percent(low) === percent(high);
    const [least, most] = [percent(high, exact), percent(low, exact)];
    return least === most ? least + ' %' : percent(value) + ' % (' + least + ' to ' + most + ' %)';
  }

  // Amounts a week in the unit that costs are counted in.
  function amount(value, unit) {
    if (typeof value !== 'number') return '–';
    const size = Math.abs(value);
    const text = size.toLocaleString('en', { maximumFractionDigits: size >= 100 ? 0 : size >= 10 ? 1 : 2 });
    return (value < 0 ? '−' : '') + text + (unit === 'hours' ? ' h' : unit === 'units' ? '' : ' ' + unit);
  }

  function figure(title, said, more) {
    return html('div', {}, html('dt', {}, title), html('dd', {}, html('strong', {}, said), more ? html('span', { class: 'muted' }, ' ' + more) : null));
  }

  function item(one, unit) {
    const [title, words, risk] = KINDS[one.kind] || [one.kind, () => [one.subject, ': ', one.to_value], null];
    const cost = one.cost_change;
    return html('li', { class: 'rule' },
      html('div', { class: 'rule-head' }, html('h4', {}, title)),
      html('p', { class: 'rule-sentence' }, words(one).map((part) => html('bdi', {}, bpa.wording.shorten(String(part), 160)))),
      html('dl', { class: 'rule-figures' },
        figure('Cycle time', change(one.expected_change), between(one.change_low, one.change_high)),
        figure('Cost a week', cost > 0 ? '+' + amount(cost, unit) : amount(cost, unit)),
        html('div', {}, html('dt', {}, 'Why'), html('dd', { dir: 'auto' }, bpa.wording.shorten(one.reason, 400))),
        risk ? html('div', {}, html('dt', {}, 'What could go wrong'), html('dd', {}, risk)) : null));
  }

  // The lines of a plan as a list.
  function planChanges(plan, unit) {
    if (!plan.changes.length) return html('p', { class: 'note' }, 'Nothing is changed.');
    return html('ol', { class: 'rules' }, plan.changes.map((one) => item(one, unit)));
  }

  Object.assign(bpa, { planChanges, planFigures: { change, between, fall, amount } });
})();
