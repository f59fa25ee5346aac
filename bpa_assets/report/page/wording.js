// How figures are written for people: durations in their two greatest units, counts with separators, shares.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});
  const UNITS = [['y', 31557600], ['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
  const ABSENT = '–';

  function known(value) {
    return typeof value === 'number' && isFinite(value);
  }

  // 277200 -> "3 d 5 h"; 90 -> "1 min 30 s"; below a minute two digits; "–" if unknown.
  function duration(seconds) {
    if (!known(seconds)) return ABSENT;
    const sign = seconds < 0 ? '−' : '';
    const size = Math.abs(seconds);
    if (size < 60) return sign + shortNumber(size) + ' s';
    // Rounded first to the unit that is written last: 3599.9 s is 1 h, not 59 min 60 s.
    for (let place = 0; place < UNITS.length - 1; place += 1) {
      const [[unit, length], [nextUnit, next]] = [UNITS[place], UNITS[place + 1]];
      const rounded = Math.round(size / next) * next;
      if (rounded < length) continue;
      const whole = Math.floor(rounded / length);
      const rest = Math.floor((rounded - whole * length) / next);
      return sign + count(whole) + ' ' + unit + (rest ? ' ' + rest + ' ' + nextUnit : '');
    }
    return sign + '1 min';
  }

  // The greatest unit only, for badges: "3.2 d".
  function shortDuration(seconds) {
    if (!known(seconds)) return ABSENT;
    const size = Math.abs(seconds);
    const [unit, length] = UNITS.find((one) => size >= one[1] * 0.9995) || UNITS[UNITS.length - 1];
    return (seconds < 0 ? '−' : '') + shortNumber(size / length) + ' ' + unit;
  }

  // At most three digits: 0.25, 1.5, 42, 1,234 stays whole.
  function shortNumber(value) {
    if (value >= 99.95) return count(Math.round(value));
    return String(Number(value.toPrecision(value >= 9.995 ? 3 : 2)));
  }

  function count(value) {
    return known(value) ? Math.round(value).toLocaleString('en') : ABSENT;
  }

  // Counts for badges, to three digits: 950, 1.05k, 12.6k, 1.4M.
  function shortCount(value) {
    if (!known(value)) return ABSENT;
    const [letter, size] = value >= 999500 ? ['M', 1e6] : value >= 1000 ? ['k', 1e3] : ['', 1];
    return Number((value / size).toPrecision(3)) + letter;
  }

  function share(value) {
    if (!known(value)) return ABSENT;
    const percent = value * 100;
    if (percent > 0 && percent < 0.1) return '< 0.1 %';
    if (percent >= 99.5 && percent < 100) return Math.floor(percent * 10) / 10 + ' %'; // nothing but all is 100 %
    return (percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)) + ' %';
  }

  function cases(value) {
    return count(value) + (value === 1 ? ' case' : ' cases');
  }

  function times(value) {
    return value === 1 ? 'once' : count(value) + ' times';
  }

  // At most `most` characters, cut between code points.
  function shorten(text, most) {
    const letters = Array.from(text);
    return letters.length <= most ? text : letters.slice(0, most - 1).join('') + '…';
  }

  bpa.wording = { duration, shortDuration, count, shortCount, share, cases, times, shorten };
})();
