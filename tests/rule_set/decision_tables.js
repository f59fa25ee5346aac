// What a page does with a DMN file of ours: dmn-js reads and shows it, feelin evaluates its cells.
window.openTables = async (xml) => {
  window.viewer = new DmnJS({ container: '#canvas' });
  const told = (await viewer.importXML(xml)).warnings.map((one) => one.message || String(one));
  const views = [];
  for (const view of viewer.getViews()) {
    if (view !== viewer.getActiveView()) told.push(...(await viewer.open(view)).warnings.map((one) => one.message || String(one)));
    views.push([view.type, view.name, document.querySelectorAll('#canvas .tjs-table tbody tr').length,
      document.querySelectorAll('#canvas .djs-shape').length]);
  }
  return { told, views };
};

window.decide = ([moments, names]) => {
  // [[decision, hit policy, columns, rules with their cells]], as dmn-js read them.
  const tables = viewer.getDefinitions().drgElement.filter((one) => one.$type === 'dmn:Decision').map((one) => ({
    name: one.name, policy: one.decisionLogic.hitPolicy, columns: one.decisionLogic.input.map((input) => input.inputExpression.text),
    rules: one.decisionLogic.rule.map((rule) => ({ id: rule.id, cells: rule.inputEntry.map((cell) => cell.text), says: rule.outputEntry.map((cell) => cell.text) })),
  }));
  const known = new Map();
  const once = (key, found) => { if (!known.has(key)) known.set(key, found()); return known.get(key); };
  const value = (expression, context, asked) => once(expression + JSON.stringify(asked), () => feelin.evaluate(expression, context).value);
  const holds = (cell, input, asked) => cell === '-' || once(cell + '?' + JSON.stringify(asked), () => feelin.unaryTest(cell, { '?': input }).value === true);
  return moments.map((moment) => {
    const context = Object.fromEntries(Object.entries(moment).map(([name, one]) =>
      [name, one !== null && names.includes(name) ? value('date and time("' + one + 'Z")', {}) : one]));
    return Object.fromEntries(tables.map((table) => {
      const said = (column) => Object.entries(moment).filter(([name]) => column.includes(name));
      const inputs = table.columns.map((column) => (column in context ? context[column] : value(column, context, said(column))));
      const asked = table.columns.map((column, place) => (column in moment ? moment[column] : inputs[place]));
      const fired = table.rules.filter((rule) => rule.cells.every((cell, place) => holds(cell, inputs[place], asked[place])));
      const kept = table.policy === 'FIRST' ? fired.slice(0, 1) : fired;
      return [table.name, kept.map((rule) => rule.says.map((text) => value(text, {})))];
    }));
  });
};
