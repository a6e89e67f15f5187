// The server's events. All tabs of a browser share one connection: over HTTP/1.1 a browser opens six to a host at most, and
// the seventh tab would wait for ever, its questions included.

import { follow } from './feed-source.js';

/** The worker of another version has another name: it may still run for an older tab. */
const FEED = 'shardsync-feed-2';

/**
 * @param begin everything has to be read anew: this is a new connection, or too much was missed
 * @param told of each event, with its type
 * @param connection of how the connection is, and since when it is not live
 */
export function listen({ begin, told, connection }) {
  const take = (message) => {
    if (message.connection) connection(message.connection, message.lostAt);
    else if (message.begin) begin();
    else told(message.type, JSON.parse(message.data));
  };
  // For browsers without shared workers, those of phones for example: a connection of this tab's own.
  if (!window.SharedWorker) { follow(take); return; }
  let port = null;
  const join = () => {
    const worker = new SharedWorker('/assets/feed-worker.js', { name: FEED, type: 'module' });
    const own = port = worker.port;
    let read = 0;
    worker.onerror = () => { if (port === own) { port = null; follow(take); } };
    own.onmessage = ({ data }) => {
      // Said before it is worked on: whoever fails on one event has read it all the same.
      own.postMessage({ read: ++read });
      if (port === own) take(data);
    };
  };
  join();
  // A page that a browser keeps for "back" is told nothing meanwhile, and joins again when it is shown.
  addEventListener('pagehide', () => port?.postMessage({ bye: true }));
  addEventListener('pageshow', (event) => { if (event.persisted && port) join(); });
}
