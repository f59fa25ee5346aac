// Cycle times of the cases that are on, put together from what each variant carries: all cycle times of up to 51 closed
// cases, else 51 quantiles in steps of 2 %. A quantile of the whole is then at most 2 points of rank off.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});

  // [seconds, cases] of small pieces of the distribution; a variant of many cases is spread evenly between quantiles.
  function pieces(variant) {
    const values = variant.cycle_values;
    if (values.length === variant.closed) return values.map((seconds) => [seconds, seconds, 1]);
    const weight = variant.closed / (values.length - 1);
    return values.slice(1).map((high, place) => [values[place], high, weight]);
  }

  // Quantiles of weighted pieces: of single values with interpolation as quantile_cont does.
  function quantiles(all, wanted) {
    const sorted = all.map(([low, high, weight]) => [(low + high) / 2, weight]).sort((one, other) => one[0] - other[0]);
    const total = bpa.sum(sorted, (one) => one[1]);
    return wanted.map((share) => at(sorted, share * (total - 1)));
  }

  function at(sorted, rank) {
    let below = 0;
    for (let place = 0; place < sorted.length; place += 1) {
      const [value, weight] = sorted[place];
      if (rank <= below + weight - 1 || place === sorted.length - 1) return value;
      if (rank < below + weight) {
        const next = sorted[place + 1][0];
        return value + (next - value) * (rank - (below + weight - 1));
      }
      below += weight;
    }
    return null;
  }

  // Closed cases in each bar of the histogram; a piece that reaches over several bars is shared out.
  function bars(all, { width, cases }) {
    const found = cases.map(() => 0);
    const last = cases.length - 1;
    for (const [low, high, weight] of all) {
      const [first, end] = [low, high].map((seconds) => Math.min(Math.floor(seconds / width), last));
      if (first === end) {
        found[first] += weight;
        continue;
      }
      for (let bar = first; bar <= end; bar += 1) {
        const from = Math.max(low, bar * width);
        const to = bar === last ? high : Math.min(high, (bar + 1) * width);
        found[bar] += (weight * (to - from)) / (high - low);
      }
    }
    return found;
  }

  // {closed, mean, median, p90, bars, exact} of the cases that are on; the stored figures where no filter is.
  function cycleTimes(report, filter) {
    const { kpis, cycle_time: histogram } = report;
    if (!filter.variants) {
      return { closed: kpis.closed_cases, mean: kpis.mean_cycle_seconds, median: kpis.median_cycle_seconds, p90: kpis.p90_cycle_seconds, bars: histogram.cases, exact: true };
    }
    const on = report.variants.filter((variant, number) => filter.variants[number] && variant.closed);
    const closed = bpa.sum(on, (variant) => variant.closed);
    if (!closed) return { closed: 0, mean: null, median: null, p90: null, bars: histogram.cases.map(() => 0), exact: true };
    const all = on.flatMap(pieces);
    const [median, p90] = quantiles(all, [0.5, 0.9]);
    return {
      closed, median, p90, mean: bpa.sum(on, (variant) => variant.cycle_seconds) / closed,
      bars: bars(all, histogram), exact: on.every((variant) => variant.cycle_values.length === variant.closed),
    };
  }

  bpa.cycleTimes = cycleTimes;
})();
