// The rules: what decides a case's path, how right that is on later cases, where it is asked, what is left undecided.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html, button } = bpa.elements;
  const STEP = 10;
  const ORIGINS = { tree: 'found in the log', language_model: 'proposed by a language model', analyst: 'written by an analyst' };
  const FORETOLD = { sla_breach: 'a limit will be broken', bad_outcome: 'it will end badly', rework: 'something will be done again' };
  const KINDS = { choice: 'choice', loop: 'again or on', skip: 'do or skip', sla_breach: 'broken limits', outcome: 'bad outcomes', rework: 'rework' };
  const OUTCOMES = { sla_breach: 'a limit is broken', 'no sla_breach': 'no limit is broken', bad_outcome: 'it ends badly', 'no bad_outcome': 'it does not end badly', rework: 'something is done again', 'no rework': 'nothing is done again' };
  const SHOWN = 10;

  const short = (text, most) => html('bdi', {}, bpa.wording.shorten(text, most));

  // What a rule foretells, in words.
  function way(rule) {
    if (rule.kind !== 'decision') return FORETOLD[rule.foretells] || rule.foretells;
    return rule.foretells === 'end' ? 'the case ends' : rule.foretells;
  }

  function when(rule) {
    return rule.after === null ? ['At the start of the case'] : ['After ', short(rule.after, 80)];
  }

  function tags(rule) {
    const { share } = bpa.wording;
    const found = [html('span', { class: 'tag' }, ORIGINS[rule.origin] || rule.origin)];
    const add = (text, tone) => found.push(html('span', { class: 'tag' + (tone ? ' ' + tone : '') }, text));
    if (rule.status === 'accepted') add('accepted' + by(rule), 'good');
    if (rule.status === 'refused') add('refused' + by(rule), 'error');
    if (rule.change === 'new') add(rule.replaces ? 'new: its limits have moved' : 'new');
    if (rule.change === 'changed') add('changed');
    if (rule.never_fires) add('never fires', 'warning');
    if ((rule.conflicts || []).length) add('in conflict', 'warning');
    if (rule.stability !== null && rule.stability < 0.5) add('found in ' + share(rule.stability) + ' of the resampled logs', 'warning');
    return found;
  }

  function by(rule) {
    return rule.decided_by ? ' by ' + bpa.wording.shorten(rule.decided_by, 40) : '';
  }

  function figure(title, said, more) {
    return html('div', {}, html('dt', {}, title), html('dd', {}, html('strong', {}, said), more ? html('span', { class: 'muted' }, ' ' + more) : null));
  }

  function figures(rule) {
    const { share, count } = bpa.wording;
    const known = rule.holdout_precision !== null;
    return html('dl', { class: 'rule-figures' },
      figure('Right in later cases', share(rule.holdout_precision), known ? 'of ' + count(rule.holdout_support) + ', surely ' + share(rule.holdout_precision_low) + ' or more' : 'it does not fire there'),
      figure('Without it', share(rule.holdout_base_rate === null ? rule.base_rate : rule.holdout_base_rate), 'of all that are asked'),
      figure('Fires', count(rule.support) + ' times', share(rule.coverage) + ' of ' + count(rule.cases)),
      figure('Finds', share(rule.holdout_recall), 'of all where this happens'));
  }

  // Two bars: how often it is right, and how often that happens anyway.
  function bars(rule) {
    if (rule.holdout_precision === null) return null;
    return html('div', { class: 'rule-bars', 'aria-hidden': 'true' }, bpa.bar(rule.holdout_precision), html('span', { class: 'without' }, bpa.bar(rule.holdout_base_rate)));
  }

  function warnings(state, rule) {
    const found = [];
    if (rule.never_fires) found.push(html('p', { class: 'note' }, 'No case of the log meets its condition.'));
    const others = (rule.conflicts || []).map((id) => state.places.get(id)).filter((place) => place !== undefined);
    if (others.length) {
      found.push(html('p', { class: 'note' }, 'In some cases it fires together with a rule that asks for what contradicts it: ',
        others.flatMap((place, number) => [number ? ', ' : '', html('a', { href: '#' + anchor(state.rules[place]), onclick: () => state.reach(place) }, 'rule ' + (place + 1))]), '.'));
    }
    if (rule.decided_reason) found.push(html('p', { class: 'muted' }, 'Because: ', short(rule.decided_reason, 300)));
    return found;
  }

  function anchor(rule) {
    return 'rule-' + rule.rule_id;
  }

  function examples(state, title, cases) {
    if (!cases.length) return html('div', {}, html('h4', {}, title), html('p', { class: 'muted' }, 'None.'));
    return html('div', {}, html('h4', {}, title), html('ul', { class: 'plain' }, cases.map(([id, row, later]) => {
      const sampled = state.samples.get(id);
      const place = html('span', { class: 'muted' }, ' after its event ' + (row + 1) + (later ? ', a later case' : ''));
      return html('li', {}, sampled ? bpa.caseItem(state.report, sampled, '') : html('bdi', { class: 'case-id' }, bpa.wording.shorten(id, 120)), place);
    })));
  }

  function evidence(state, rule, number) {
    const holder = html('div', {});
    const open = button('Cases for and against', () => {
      const shown = open.getAttribute('aria-expanded') === 'true';
      open.setAttribute('aria-expanded', String(!shown));
      holder.replaceChildren(...(shown ? [] : [html('div', { class: 'cases rule-cases' },
        examples(state, 'It was right', rule.examples_for), examples(state, 'It was wrong', rule.examples_against))]));
    }, { 'aria-expanded': 'false', class: 'quiet', 'aria-label': 'Cases for and against rule ' + (number + 1) });
    return [open, holder];
  }

  function item(state, number) {
    const rule = state.rules[number];
    const [open, cases] = evidence(state, rule, number);
    const place = state.model.placeOf(rule);
    const show = place ? button('Show in the model', () => state.model.reveal(place), { class: 'quiet', 'aria-label': 'Show in the model: rule ' + (number + 1) }) : null;
    return html('li', { class: 'rule', id: anchor(rule), tabindex: -1 },
      html('div', { class: 'rule-head' }, html('h4', {}, 'Rule ' + (number + 1) + (rule.name ? ': ' : ''), rule.name ? short(rule.name, 80) : null), tags(rule)),
      html('p', { class: 'rule-sentence' }, when(rule), ', ', rule.condition === 'true' ? 'always' : ['if ', html('code', { dir: 'auto' }, rule.condition)],
        html('span', { 'aria-hidden': 'true' }, ' → '), html('span', { class: 'visually-hidden' }, ' then '), html('strong', { dir: 'auto' }, bpa.wording.shorten(way(rule), 120))),
      figures(rule), bars(rule),
      rule.explanation ? html('p', {}, short(rule.explanation, 1000)) : null,
      ...warnings(state, rule),
      html('p', { class: 'muted' }, 'Asks for: ', short(rule.action, 200)),
      html('div', { class: 'tools' }, open, show), cases);
  }

  function coverage(report, found) {
    const { share, count } = bpa.wording;
    const accounts = found.accounting;
    const card = (title, name, value, said) => html('div', { class: 'card' }, html('h3', {}, title + ' ', bpa.about(report, name)), html('div', { class: 'value' }, value), html('p', { class: 'muted' }, said));
    return html('div', { class: 'cards' },
      card('Rules', 'rules', count(found.rules.length + found.rules_left_out), typeof accounts.candidates === 'number' ? 'kept of ' + count(accounts.candidates) + ' candidates' : 'kept'),
      card('Paths covered', 'paths_covered', share(accounts.paths_covered), 'of the cases, most decisions answered'),
      card('Decisions told', 'decided_passages', share(accounts.decided_passages), 'of all passages, by a rule or the usual way'));
  }

  function none(found) {
    const { count } = bpa.wording;
    const tried = found.accounting.candidates;
    return html('p', { class: 'note' }, tried ? 'No rule is kept: none of the ' + count(tried) + ' candidates was right so much more often in later cases that chance does not explain it.' :
      'No rule is kept: nothing that the log says of its cases tells where they go.');
  }

  function points(report, rows) {
    const { count, share } = bpa.wording;
    const columns = [['Where', false], ['Decides', false], ['Passed', true], ['Most frequent', false], ['Share', true], ['Told', true], ['Rules', true], ['What is left', false]];
    return [bpa.heading(report, 3, 'Where it is decided', 'decision_points', 'of all cases'),
      bpa.longTable('Choices of the model, then other moments; the most undecided first', columns, rows.map((one) => [short(one.decision_point, 160), KINDS[one.kind] || one.kind, count(one.passages),
        one.majority === null ? '–' : short(OUTCOMES[one.majority] || one.majority, 80), share(one.majority_share), share(one.decided_share), count(one.rules), one.not_decided_because || '']), SHOWN)];
  }

  function refused(report, rows) {
    const columns = [['Proposed by', false], ['Name', false], ['Asked', false], ['Condition', false], ['Refused because', false]];
    return [bpa.heading(report, 3, 'Proposals that were refused', 'refused_rules'), bpa.longTable('Proposals that were refused', columns, rows.map((one) =>
      [ORIGINS[one.origin] ? one.origin.replace('_', ' ') : one.origin, short(one.name || '–', 80), short(one.at || '–', 120), html('code', { dir: 'auto' }, bpa.wording.shorten(one.condition || '–', 200)), short(one.reason, 300)]), SHOWN)];
  }

  function gone(state, rows) {
    const columns = [['Asked', false], ['Condition', false], ['Foretold', false], ['Now', false]];
    const now = (one) => {
      const place = state.places.get(one.replaced_by);
      return place === undefined ? 'not found any more' : html('a', { href: '#' + anchor(state.rules[place]), onclick: () => state.reach(place) }, 'rule ' + (place + 1));
    };
    return bpa.folded('Rules of the run before that are gone (' + rows.length + ')', () => bpa.longTable('Rules that are gone', columns, rows.map((one) =>
      [short(one.at, 120), html('code', { dir: 'auto' }, bpa.wording.shorten(one.condition, 200)), short(one.foretells, 80), now(one)]), 30));
  }

  function list(state) {
    const holder = html('ol', { class: 'rules' });
    const told = html('p', { class: 'muted', role: 'status' });
    const more = button('Show more', () => show(state.shown + STEP * 2), {});
    function show(most) {
      state.shown = most;
      for (let number = holder.children.length; number < Math.min(most, state.rules.length); number += 1) holder.append(item(state, number));
      const left = state.leftOut ? '; ' + bpa.wording.count(state.leftOut) + ' weaker ones are in the database' : '';
      told.textContent = holder.children.length + ' of ' + state.rules.length + ' rules, the surest first' + left;
      more.hidden = holder.children.length >= state.rules.length;
    }
    // Makes sure that a rule is there before somebody goes to it.
    state.reach = (place) => { if (place >= state.shown) show(place + 1); };
    show(STEP);
    return [holder, html('div', { class: 'tools' }, more, told)];
  }

  function samplesById(report) {
    return new Map(report.variants.flatMap((variant) => variant.samples.map((one) => [one.id, one])));
  }

  function mount(element, report, model) {
    const found = report.rules;
    if (!found) {
      element.append(html('p', { class: 'note' }, 'This run has not looked for rules.'));
      return;
    }
    const state = { report, rules: found.rules, leftOut: found.rules_left_out, shown: 0, samples: samplesById(report), places: new Map(found.rules.map((rule, place) => [rule.rule_id, place])) };
    state.model = bpa.ruleMarks(model, report, (place) => {
      state.reach(place);
      const one = document.getElementById(anchor(state.rules[place]));
      one.scrollIntoView({ block: 'center', behavior: 'instant' });
      one.focus({ preventScroll: true });
    });
    element.append(...bpa.lead(report, 'rules', 'What decides which way a case goes, and what foretells trouble: found in the earlier cases, proven on the later ones.', 'of all cases'),
      coverage(report, found), ...(found.rules.length ? list(state) : [none(found)]));
    if (found.points.length) element.append(...points(report, found.points));
    if (found.refused.length) element.append(...refused(report, found.refused));
    if (found.gone.length) element.append(gone(state, found.gone));
  }

  bpa.rules = { mount };
})();
