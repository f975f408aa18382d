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

// What is edited is kept, but under a name of its own for each set of examples: new examples are shown once.
const storage = (() => {
  const text = JSON.stringify(facts);
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
})();

const notice = document.getElementById('notice');
notice.textContent = facts.notice;
notice.hidden = !facts.notice;

const logo = h(
  GraphiQL.Logo,
  null,
  h('a', { className: 'beatpass', href: url }, h('img', { src: document.querySelector('link[rel=icon]').href, alt: '' }), 'BeatPass'),
);

ReactDOM.createRoot(document.getElementById('explorer')).render(
  h(
    GraphiQL,
    {
      fetcher,
      storage,
      defaultTabs: facts.tabs,
      defaultEditorToolsVisibility: facts.tabs[0].headers ? 'headers' : true,
      defaultHeaders: facts.tabs[0].headers, // of the first tab, and of new ones
      shouldPersistHeaders: facts.notice !== '', // demo tokens are no secret; others are not left in the browser
      inputValueDeprecation: true,
      plugins: [GraphiQLPluginExplorer.explorerPlugin()],
    },
    logo,
  ),
);
