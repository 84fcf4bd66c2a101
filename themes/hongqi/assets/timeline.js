// The timeline by year, village and kind: hides what was not asked for and keeps the choice in the address after `#`.
// Everything is read from the page itself; without this script the filter is not there and the year links lead on.
(() => {
  'use strict';
  const form = document.querySelector('.filter');
  if (!form) return;
  const line = document.querySelector('.line');
  const told = form.querySelector('[role=status]');
  const fields = [...form.querySelectorAll('select')];
  // The last folder of an address, also where pages end in index.html.
  const place = (link) => link.pathname.split('/').filter((part) => part && part !== 'index.html').pop();
  const sheets = [...document.querySelectorAll('.pager a')];
  const years = [...line.querySelectorAll('.year')];
  const events = years.flatMap((year) =>
    [...year.querySelectorAll('.events > li')].map((item) => ({
      item,
      year: [year.dataset.year],
      village: [...item.querySelectorAll('.meta a')].map(place),
      kind: [item.querySelector('.kind').textContent],
    })),
  );

  function show() {
    const chosen = fields.filter((field) => field.value);
    let count = 0;
    for (const event of events) {
      event.item.hidden = !chosen.every((field) => event[field.name].includes(field.value));
      if (!event.item.hidden) count += 1;
    }
    const empty = (box) => !box.querySelector('.events > li:not([hidden])');
    for (const list of line.querySelectorAll('.events')) {
      list.hidden = list.previousElementSibling.hidden = !list.querySelector('li:not([hidden])');
    }
    years.forEach((year) => (year.hidden = empty(year)));
    line.classList.toggle('filtered', chosen.length > 0);
    form.querySelector('[type=reset]').disabled = !chosen.length;
    told.textContent = count ? `${count} / ${events.length} ${told.dataset.count}` : told.dataset.none;
  }

  // Older and newer sheets are led to with the same choice; a year stands on one sheet only.
  function lead(said) {
    said.delete('year');
    for (const link of sheets) link.hash = said;
  }

  function keep() {
    const said = new URLSearchParams(fields.filter((field) => field.value).map((field) => [field.name, field.value]));
    history.replaceState(null, '', `${location.pathname}${location.search}${String(said) && `#${said}`}`);
    show();
    lead(said);
  }

  // A kind that another sheet has and this one lacks is a choice that nothing fits. What an address says is anybody's:
  // only a few words without marks are taken for the name of a kind.
  function admit(kind) {
    const field = fields.find((own) => own.name === 'kind');
    if (!field || !/^[\p{L}\p{M}\p{N} ’'·-]{2,40}$/u.test(kind)) return;
    if (![...field.options].some((own) => own.value === kind)) field.add(new Option(kind));
  }

  function recall() {
    const said = new URLSearchParams(location.hash.slice(1));
    admit(said.get('kind') || '');
    for (const field of fields) {
      field.value = said.get(field.name) || '';
      if (field.selectedIndex < 0) field.value = '';
    }
    show();
    lead(new URLSearchParams(['village', 'kind'].flatMap((name) => (said.get(name) ? [[name, said.get(name)]] : []))));
  }

  // Villages whose names are withheld look the same: they are numbered.
  const seen = {};
  form.querySelectorAll('[name=village] option').forEach((option) => {
    const name = option.textContent;
    seen[name] = (seen[name] || 0) + 1;
    if (seen[name] > 1) option.textContent = `${name} (${seen[name]})`;
  });
  form.addEventListener('change', keep);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(keep));
  addEventListener('hashchange', recall);
  recall();
})();
