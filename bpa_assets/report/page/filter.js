// The one filter: criteria that a variant meets or not, all of which must hold. What obeys it subscribes.
//
// filter.variants: null (all), or for each variant whether it is on; filter.cases: how many cases that are;
// filter.label: what is on, in words.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});

  // `needs`: what a variant must know for the criterion to make sense.
  const KINDS = {
    contains: { text: 'contain', activities: 1, meets: (path, one) => path.includes(one.activity) },
    lacks: { text: 'do not contain', activities: 1, meets: (path, one) => !path.includes(one.activity) },
    starts: { text: 'start with', activities: 1, meets: (path, one) => path[0] === one.activity },
    ends: { text: 'end with', activities: 1, meets: (path, one) => path[path.length - 1] === one.activity },
    follows: {
      text: 'go directly from', activities: 2,
      meets: (path, one) => path.some((activity, place) => activity === one.activity && path[place + 1] === one.next),
    },
    repeats: { text: 'repeat a step', activities: 0, meets: (path) => new Set(path).size < path.length },
    fits: { text: 'fit the mined model', activities: 0, needs: 'fits', meets: (path, one, variant) => variant.fits === true },
    deviates: { text: 'deviate from the mined model', activities: 0, needs: 'fits', meets: (path, one, variant) => variant.fits === false },
    conforms: { text: 'fit the reference model', activities: 0, needs: 'fits_reference', meets: (path, one, variant) => variant.fits_reference === true },
    differs: { text: 'deviate from the reference model', activities: 0, needs: 'fits_reference', meets: (path, one, variant) => variant.fits_reference === false },
    chosen: { text: 'are of chosen variants', activities: 0, meets: (path, one, variant, number) => one.numbers.includes(number) },
  };

  function makeFilter(report) {
    const heard = [];
    const all = report.kpis.cases;
    const filter = { criteria: [], variants: null, cases: all, totalCases: all, label: '' };

    function quoted(activity) {
      return '“' + bpa.wording.shorten(report.activities[activity].name, 60) + '”';
    }

    filter.words = function (one) {
      if (one.kind === 'chosen') return one.numbers.length === 1 ? 'are of variant ' + (one.numbers[0] + 1) : 'are of ' + one.numbers.length + ' chosen variants';
      const { text, activities } = KINDS[one.kind];
      return text + (activities ? ' ' + quoted(one.activity) : '') + (activities === 2 ? ' to ' + quoted(one.next) : '');
    };

    function meetsAll(variant, number) {
      return filter.criteria.every((one) => KINDS[one.kind].meets(variant.path, one, variant, number));
    }

    function set(criteria) {
      filter.criteria = criteria;
      filter.variants = criteria.length ? report.variants.map(meetsAll) : null;
      filter.cases = filter.variants ? bpa.sum(report.variants, (variant, number) => (filter.variants[number] ? variant.cases : 0)) : all;
      filter.label = criteria.map(filter.words).join(' and ');
      for (const hear of heard) hear(filter);
    }

    function same(one, other) {
      return ['kind', 'activity', 'next'].every((name) => one[name] === other[name]);
    }

    filter.subscribe = (hear) => heard.push(hear);
    filter.isOn = (number) => !filter.variants || filter.variants[number];
    filter.add = (criterion) => filter.criteria.some((one) => one.kind !== 'chosen' && same(one, criterion)) || set([...filter.criteria.filter((one) => criterion.kind !== 'chosen' || one.kind !== 'chosen'), criterion]);
    filter.remove = (criterion) => set(filter.criteria.filter((one) => one !== criterion));
    filter.clear = () => set([]);
    return filter;
  }

  function sum(values, of) {
    let total = 0;
    values.forEach((value, place) => { total += of(value, place) || 0; });
    return total;
  }

  Object.assign(bpa, { makeFilter, sum, filterKinds: KINDS });
})();
