// The connection to the server's events, whoever holds it: the worker that all tabs share, or a tab alone.

const TYPES = ['status', 'alert', 'command', 'cluster', 'consistency', 'control'];
const LOOK_MS = 5000;
/** In heartbeats. Whoever hears nothing for so long is connected to nobody, though nobody has closed the connection. */
const MOST_SILENT = 2.5;

/**
 * @param tell of how the connection is (and since when it is not live), to begin (everything has to be read anew), and
 *     of each event with its type
 */
export function follow(tell) {
  let source;
  let heardAt;
  let heartbeatMs = 15_000;
  let lostAt = null;

  const become = (connection, at) => {
    lostAt = connection === 'live' ? null : lostAt ?? at;
    tell({ connection, lostAt });
  };

  const connect = () => {
    source = new EventSource('/events');
    heardAt = Date.now();
    const on = (type, take) => source.addEventListener(type, (event) => { heardAt = Date.now(); take(event); });
    on('open', () => become('live'));
    // The browser tries again by itself, and where it can go on from the last event nothing has to be read anew.
    on('error', () => become(source.readyState === EventSource.CLOSED ? 'closed' : 'lost', heardAt));
    // "hello" on a new connection, "reset" where too much was missed; a resumed one needs neither.
    on('hello', ({ data }) => { heartbeatMs = JSON.parse(data).heartbeat_ms; tell({ begin: true }); });
    on('reset', () => tell({ begin: true }));
    on('heartbeat', () => {});
    for (const type of TYPES) on(type, ({ data }) => tell({ type, data }));
  };

  connect();
  // A browser gives up after some kinds of failure, and waits for ever after others; an operations page must do neither.
  setInterval(() => {
    if (Date.now() - heardAt > MOST_SILENT * heartbeatMs) {
      source.close();
      become('lost', heardAt);
    }
    if (source.readyState === EventSource.CLOSED) connect();
  }, LOOK_MS);
}
