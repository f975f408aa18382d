// The npm client graphql-ws: node watch_ws.mjs URL TOKEN QUERY VARIABLES [PATH=VALUE]
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { fail, operation, ready, show, token, url } from './watch.mjs';

const connectionParams = token ? { Authorization: `Bearer ${token}` } : {};
const client = createClient({ url, connectionParams, webSocketImpl: WebSocket, retryAttempts: 0, on: { connected: ready } });

try {
  for await (const event of client.iterate(operation)) {
    if (show(event)) break;
  }
  await client.dispose();
} catch (problem) {
  fail(problem);
}
