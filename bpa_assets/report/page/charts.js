// Draws the figures that Python made: in the colours of the theme, and drawn again when that changes.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const { html } = bpa.elements;
  const drawn = [];
  let begun = false;
  const NICE = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 172800, 432000, 864000, 1728000, 2592000, 4320000, 8640000, 17280000, 31557600, 63115200, 157788000];
  const TICKS = 6;

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function translucent(hex, alpha) {
    return hex + Math.round(alpha * 255).toString(16).padStart(2, '0');
  }

  // Ticks of an axis of seconds at durations that people say.
  function durationTicks(greatest) {
    const step = NICE.find((one) => greatest / one <= TICKS) || Math.ceil(greatest / TICKS / 31557600) * 31557600;
    const tickvals = [];
    for (let at = 0; at <= greatest * 1.02 + step / 1e6; at += step) tickvals.push(at);
    return { tickmode: 'array', tickvals, ticktext: tickvals.map((at) => (at ? bpa.wording.shortDuration(at) : '0')) };
  }

  function greatest(traces, axis) {
    const stacked = traces.length && traces[0].orientation === 'h';
    if (!stacked) return Math.max(0, ...traces.flatMap((trace) => trace[axis].filter((value) => value !== null)));
    return Math.max(0, ...traces[0].x.map((_, place) => bpa.sum(traces, (trace) => trace.x[place])));
  }

  function themed(figure) {
    const data = figure.data.map((trace) => {
      const own = colour(trace.meta.color);
      const one = { ...trace };
      if (trace.type === 'bar') Object.assign(one, { marker: { ...trace.marker, color: own, line: { width: 0 } }, insidetextfont: { color: colour('--bpa-surface') } });
      else one.line = { ...trace.line, color: own };
      if (trace.fill && trace.fill !== 'none') one.fillcolor = translucent(own, 0.16);
      return one;
    });
    const text = colour('--bpa-text');
    const grid = { gridcolor: colour('--bpa-grid'), zerolinecolor: colour('--bpa-line'), linecolor: colour('--bpa-line') };
    const { template, ...kept } = figure.layout;
    const layout = {
      ...kept, paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', font: { color: text, family: 'system-ui, sans-serif', size: 13 },
      xaxis: { ...kept.xaxis, ...grid, fixedrange: true }, yaxis: { ...kept.yaxis, ...grid, fixedrange: true },
      hoverlabel: { bgcolor: colour('--bpa-surface'), bordercolor: colour('--bpa-line'), font: { color: text } },
      shapes: (kept.shapes || []).map((shape) => ({ ...shape, line: { ...shape.line, color: colour(shape.line.color) } })),
    };
    const axis = (kept.meta || {}).duration_axis;
    if (axis) Object.assign(layout[axis + 'axis'], durationTicks(greatest(data, axis)));
    return { data, layout };
  }

  function draw(one) {
    const { data, layout } = themed(one.figure);
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

  // All of them: when the page is put together, and when its colours change.
  bpa.drawCharts = () => {
    begun = true;
    drawn.filter((one) => one.holder.isConnected).forEach(draw);
  };
  bpa.chart = chart;
})();
