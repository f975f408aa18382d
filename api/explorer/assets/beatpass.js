// Puts GraphiQL together: the example operations as tabs, the demo tokens as headers, subscriptions over one WebSocket
// each, signed in by the same Authorization header that the tab sends with its queries.
'use strict';

const facts = JSON.parse(document.getElementById('facts').textContent);
const url = new URL(location.pathname, location.href).href;
const { createElement: h } = React;

// A cookie session counts only beside this header; a page of another origin cannot send it.
const ownHeaders = { 'x-beatpass-csrf': 'explorer' };

const authorizationIn = (headers) =>
  Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];

const fetcher = (operation, options) => {
  const authorization = authorizationIn(options?.headers);
  const wsClient = graphqlWs.createClient({
    url: url.replace(/^http/, 'ws'),
    connectionParams: authorization ? { authorization } : {},
    retryAttempts: 0,
  });
  return GraphiQL.createFetcher({ url, headers: ownHeaders, wsClient })(operation, options);
};

// Where a variable is a word of `ids.json`, such as trk_, the question behind the word is asked as whom the tab speaks
// for, and the first id of the answer is filled in. Where there is none, the word stays.
const answers = new Map();
const ask = async (query, headers) => {
  const body = JSON.stringify({ query });
  const asked = { method: 'POST', headers: { 'content-type': 'application/json', ...ownHeaders, ...headers }, body };
  return (await (await fetch(url, asked)).json()).data;
};
const firstLeaf = (value) =>
  value !== null && typeof value === 'object'
    ? Object.values(value).map(firstLeaf).find((leaf) => leaf !== undefined)
    : (value ?? undefined);
const idFor = (word, headers) => {
  const key = word + headers;
  if (!answers.has(key)) {
    answers.set(key, ask(facts.ids[word], JSON.parse(headers || '{}')).then(firstLeaf).catch(() => undefined));
  }
  return answers.get(key);
};
const filled = async (tab) => {
  const words = Object.keys(facts.ids).filter((word) => tab.variables.includes(`"${word}"`));
  const ids = await Promise.all(words.map((word) => idFor(word, tab.headers)));
  const variables = words.reduce(
    (text, word, at) => (ids[at] ? text.replaceAll(`"${word}"`, `"${ids[at]}"`) : text),
    tab.variables,
  );
  return { ...tab, variables };
};

// What is edited is kept, but under a name of its own for each set of examples: new examples are shown once, and so are
// examples whose variables could not be filled in before.
const storageFor = (tabs) => {
  const text = JSON.stringify(facts) + tabs.map((tab, at) => tab.variables === facts.tabs[at].variables);
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) | 0;
  const prefix = `beatpass:${hash >>> 0}:`;
  const own = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => own().forEach((key) => localStorage.removeItem(key)),
    get length() {
      return own().length;
    },
  };
};

const notice = document.getElementById('notice');
notice.textContent = facts.notice;
notice.hidden = !facts.notice;

const logo = h(
  GraphiQL.Logo,
  null,
  h('a', { className: 'beatpass', href: url }, h('img', { src: document.querySelector('link[rel=icon]').href, alt: '' }), 'BeatPass'),
);

const show = (tabs) =>
  ReactDOM.createRoot(document.getElementById('explorer')).render(
    h(
      GraphiQL,
      {
        fetcher,
        storage: storageFor(tabs),
        defaultTabs: tabs,
        defaultEditorToolsVisibility: tabs[0].headers ? 'headers' : true,
        defaultHeaders: tabs[0].headers, // of the first tab, and of new ones
        shouldPersistHeaders: facts.notice !== '', // demo tokens are no secret; others are not left in the browser
        inputValueDeprecation: true,
        plugins: [GraphiQLPluginExplorer.explorerPlugin()],
      },
      logo,
    ),
  );

Promise.all(facts.tabs.map(filled)).then(show);
