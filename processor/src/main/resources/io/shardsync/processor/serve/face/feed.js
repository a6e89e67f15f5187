// The server's events. All tabs of a browser share one connection: over HTTP/1.1 a browser opens six to a host at most, and
// the seventh tab would wait for ever, its questions included.

/** The worker of another version has another name: it may still run for an older tab. */
const FEED = 'shardsync-feed-1';

/**
 * @param begin everything has to be read anew: this is a new connection, or too much was missed
 * @param told of each event, with its type
 * @param connection of how the connection is
 */
export function listen({ begin, told, connection }) {
  const take = (message) => {
    if (message.connection) connection(message.connection);
    else if (message.begin) begin();
    else told(message.type, JSON.parse(message.data));
  };
  if (!window.SharedWorker) { alone(take); return; }
  let port = null;
  const join = () => {
    const worker = new SharedWorker('/assets/feed-worker.js', { name: FEED });
    const own = port = worker.port;
    let read = 0;
    worker.onerror = () => { if (port === own) { port = null; alone(take); } };
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

/** For browsers without shared workers, those of phones for example: a connection of this tab's own. */
function alone(take) {
  let source;
  const connect = () => {
    source = new EventSource('/events');
    source.addEventListener('hello', () => take({ begin: true }));
    source.addEventListener('reset', () => take({ begin: true }));
    source.onopen = () => take({ connection: 'live' });
    source.onerror = () => take({ connection: source.readyState === EventSource.CLOSED ? 'closed' : 'lost' });
    for (const type of ['status', 'alert', 'command', 'cluster', 'consistency', 'control']) {
      source.addEventListener(type, (event) => take({ type, data: event.data }));
    }
  };
  connect();
  setInterval(() => { if (source.readyState === EventSource.CLOSED) connect(); }, 5000);
}
