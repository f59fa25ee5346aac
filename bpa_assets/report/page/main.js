// Puts the page together; a section that has nothing to show says so.
(function () {
  'use strict';
  const bpa = window.bpa;
  const { html } = bpa.elements;
  const report = bpa.readReport();
  const filter = bpa.makeFilter(report);
  const slot = (id) => document.getElementById(id);

  function sections() {
    const titles = [...document.querySelectorAll('main > section')].map((section) => [section.id, section.dataset.name]);
    slot('sections').append(...titles.map(([id, title]) => html('li', {}, html('a', { href: '#' + id }, title))));
  }

  sections();
  bpa.filterBar.mount(slot('filter-bar'), report, filter);
  bpa.overview.mount(report, filter);
  slot('model-head').append(...bpa.lead(report, 'model', 'What the mined model says should happen, coloured by what was measured.', 'of all cases'));
  const model = bpa.modelView.mount(slot('model-view'), report, filter);
  slot('map-head').append(...bpa.lead(report, 'map', 'What did happen: which activity followed which, how often, how fast.'));
  bpa.processMap.mount(slot('process-map'), report, filter);
  bpa.bottlenecks.mount(slot('bottleneck-list'), report, filter);
  bpa.factors.mount(slot('factor-list'), report);
  bpa.variantList.mount(slot('variant-list'), report, filter);
  bpa.timeSection.mount(slot('time-charts'), report, filter);
  bpa.conformance.mount(slot('conformance-figures'), report, filter);
  bpa.rules.mount(slot('rule-list'), report, model);
  bpa.simulation.mount(slot('simulation-figures'), report);
  bpa.actions.mount(slot('action-list'), report);
  bpa.quality.mount(slot('quality-figures'), report);
  bpa.provenance.mount(slot('provenance'), report);
  bpa.theme.mount(slot('theme'));
  bpa.report = report;
  bpa.filter = filter;
  // When everything can be used, and when the last chart is drawn, in ms: what is measured, and what tests wait for.
  const note = (what) => { document.documentElement.dataset[what] = Math.round(performance.now()); };
  model.ready.then(() => {
    note('ready');
    bpa.beginCharts(() => note('drawn'));
  });
})();
