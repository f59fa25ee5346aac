// Days and moments as text; all times of the report are UTC.
(function () {
  'use strict';
  const bpa = (window.bpa = window.bpa || {});

  // From ISO 8601 without a zone, or from seconds since 1970.
  function iso(value) {
    return typeof value === 'number' ? new Date(value * 1000).toISOString() : value;
  }

  bpa.day = (value) => iso(value).slice(0, 10);
  bpa.moment = (value) => iso(value).slice(0, 16).replace('T', ' ');
  bpa.second = (value) => iso(value).slice(0, 19).replace('T', ' ');
})();
