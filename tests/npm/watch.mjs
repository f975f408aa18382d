// Shared by the two subscription clients: print each event as a line, end when an event holds PATH=VALUE.
// A path names keys and indexes joined by dots, from `data` downwards: trackChanged.status=PUBLISHED
export const [url, token, query, variables, until] = process.argv.slice(2);

const [path, value] = until ? [until.slice(0, until.indexOf('=')), until.slice(until.indexOf('=') + 1)] : [];

const at = (data) => path.split('.').reduce((part, key) => part?.[key], data);

// True when this event is the one that was waited for.
export const show = (event) => {
  console.log(JSON.stringify(event));
  return until !== undefined && String(at(event.data)) === value;
};

export const operation = { query, variables: JSON.parse(variables || '{}') };

export const fail = (problem) => {
  console.error(problem?.reason || problem?.message || JSON.stringify(problem));
  process.exit(1);
};

// Tells the test that the request is on its way, so that it may cause the events.
export const ready = () => console.error('watching');
