// The npm client graphql-sse, distinct connections mode: node watch_sse.mjs URL TOKEN QUERY VARIABLES [PATH=VALUE]
import { createClient } from 'graphql-sse';
import { fail, operation, ready, show, token, url } from './watch.mjs';

const headers = token ? { Authorization: `Bearer ${token}` } : {};
const client = createClient({ url, headers, singleConnection: false, retryAttempts: 0, onMessage: undefined });

try {
  const events = client.iterate(operation, { connected: ready });
  for await (const event of events) {
    if (show(event)) break;
  }
  client.dispose();
} catch (problem) {
  fail(problem);
}
