// Draws the figures that Python made: in the colours of the theme, and drawn again when that changes.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;
  const drawn = [];
  let begun = false;
  const DAY = 86400;
  const YEAR = 31557600;
  const NICE = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200,
    ...[1, 2, 5, 10, 20, 30, 50, 100, 200].map((days) => days * DAY), ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((years) => years * YEAR),
  ];
  const TICKS = 6;
  const NARROW = 480;
  const NARROW_TICKS = 3;
  const NARROW_NAME = 16;

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function translucent(hex, alpha) {
    return hex + Math.round(alpha * 255).toString(16).padStart(2, '0');
  }

  // Ticks of an axis of seconds at durations that people say.
  function durationTicks(greatest, most) {
    const step = NICE.find((one) => greatest / one <= most) || Math.ceil(greatest / most / YEAR) * YEAR;
    const tickvals = [];
    for (let at = 0; at <= greatest * 1.02 + step / 1e6; at += step) tickvals.push(at);
    return { tickmode: 'array', tickvals, ticktext: tickvals.map((at) => (at ? bpa.wording.shortDuration(at) : '0')) };
  }

  function greatest(traces, axis) {
    const stacked = traces.length && traces[0].orientation === 'h';
    if (!stacked) return Math.max(0, ...traces.flatMap((trace) => trace[axis].filter((value) => value !== null)));
    return Math.max(0, ...traces[0].x.map((_, place) => bpa.sum(traces, (trace) => trace.x[place])));
  }

  function themed(figure, narrow) {
    const data = figure.data.map((trace) => {
      const own = colour(trace.meta.color);
      const one = { ...trace };
      if (trace.type === 'bar') Object.assign(one, { marker: { ...trace.marker, color: own, line: { width: 0 } }, insidetextfont: { color: colour('--bpa-surface') } });
      else one.line = { ...trace.line, color: own };
      if (trace.mode === 'markers+text') Object.assign(one, { marker: { ...trace.marker, color: own, line: { color: own, width: 2 } }, textfont: { color: own } });
      for (const side of ['error_x', 'error_y']) if (trace[side]) one[side] = { ...trace[side], color: own };
      if (trace.fill && trace.fill !== 'none') one.fillcolor = translucent(own, 0.16);
      return one;
    });
    const text = colour('--bpa-text');
    const grid = { gridcolor: colour('--bpa-grid'), zerolinecolor: colour('--bpa-line'), linecolor: colour('--bpa-line') };
    const kept = figure.layout;
    const layout = {
      ...kept, paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', font: { color: text, family: 'system-ui, sans-serif', size: 13 },
      xaxis: { ...kept.xaxis, ...grid, fixedrange: true }, yaxis: { ...kept.yaxis, ...grid, fixedrange: true },
      hoverlabel: { bgcolor: colour('--bpa-surface'), bordercolor: colour('--bpa-line'), font: { color: text } },
      shapes: (kept.shapes || []).map((shape) => ({
        ...shape, line: { ...shape.line, color: colour(shape.line.color) }, ...(shape.fillcolor ? { fillcolor: translucent(colour(shape.fillcolor), 0.12) } : {}),
      })),
    };
    const axis = (kept.meta || {}).duration_axis;
    if (axis) Object.assign(layout[axis + 'axis'], durationTicks(greatest(data, axis), axis === 'x' && narrow ? NARROW_TICKS : TICKS));
    // On a phone names leave most of the width to the bars.
    if (narrow && layout.yaxis.ticktext) layout.yaxis.ticktext = layout.yaxis.ticktext.map((name) => bpa.wording.shorten(name, NARROW_NAME));
    if (narrow && layout.xaxis.nticks) layout.xaxis.nticks = NARROW_TICKS + 1;
    return { data, layout };
  }

  function draw(one) {
    const { data, layout } = themed(one.figure, one.holder.clientWidth < NARROW);
    window.Plotly.react(one.holder, data, layout, { displayModeBar: false, responsive: true, showTips: false });
  }

  // A chart of report.charts with what it shows in words; `update(figure)` draws other values.
  function chart(report, name, label) {
    const holder = html('div', { class: 'plot', role: 'img', 'aria-label': label });
    const { height } = report.charts[name].layout;
    if (height) holder.style.height = height + 'px';
    const one = { holder, figure: report.charts[name] };
    drawn.push(one);
    holder.update = (figure, words) => {
      one.figure = figure;
      if (words) holder.setAttribute('aria-label', words);
      if (begun && holder.isConnected) draw(one);
    };
    return holder;
  }

  // All of them, when the colours change.
  function drawCharts() {
    if (begun) drawn.filter((one) => one.holder.isConnected).forEach(draw);
  }

  // One after the other, when the page can be used already; calls `done` after the last.
  function beginCharts(done) {
    begun = true;
    const waiting = drawn.filter((one) => one.holder.isConnected);
    function next() {
      const one = waiting.shift();
      if (!one) return done();
      draw(one);
      return setTimeout(next, 0);
    }
    setTimeout(next, 0);
  }
  Object.assign(bpa, { chart, drawCharts, beginCharts });
})();
