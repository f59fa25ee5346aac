// Puts the page together; a section that has nothing to show says so.
(function () {
  'use strict';
  const bpa = window.bpa;
  const { html } = bpa.elements;
  const report = bpa.readReport();
  const filter = bpa.makeFilter(report);
  const slot = (id) => document.getElementById(id);

  function sections() {
    const titles = [...document.querySelectorAll('main > section')].map((section) => [section.id, section.querySelector('h2').textContent]);
    slot('sections').append(...titles.map(([id, title]) => html('li', {}, html('a', { href: '#' + id }, title))));
  }

  function diagram(element, view, present, absent) {
    if (view && present) view.mount(element, report, filter);
    else element.append(html('p', { class: 'note' }, absent));
  }

  sections();
  bpa.filterBar.mount(slot('filter-bar'), report, filter);
  bpa.overview.mount(report, filter);
  diagram(slot('model-view'), bpa.modelView, report.model, 'There is no diagram: the mined model allows any activity in any order, or this version draws none.');
  diagram(slot('process-map'), bpa.processMap, report.variants.length, 'There is no map of this log.');
  bpa.bottlenecks.mount(slot('bottleneck-list'), report, filter);
  bpa.variantList.mount(slot('variant-list'), report, filter);
  bpa.timeSection.mount(slot('time-charts'), report, filter);
  bpa.conformance.mount(slot('conformance-figures'), report, filter);
  bpa.quality.mount(slot('quality-figures'), report);
  bpa.provenance.mount(slot('provenance'), report);
  bpa.theme.mount(slot('theme'));
  bpa.report = report;
  bpa.filter = filter;
  document.documentElement.dataset.ready = Math.round(performance.now());
})();
