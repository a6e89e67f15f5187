// One connection to the server's events, shared by all tabs of this browser. A classic script of its own: it outlives the
// tab that started it, so it knows nothing of any page. Change FEED in feed.js with the messages.

const TYPES = ['status', 'alert', 'command', 'cluster', 'consistency', 'control'];
const RECONNECT_MS = 5000;
/** A tab that the browser has put to sleep takes nothing; what waits for it is kept within bounds. */
const MOST_UNREAD = 20000;

const tabs = new Set();
let source = null;
let connection = 'connecting';

onconnect = (event) => {
  const tab = { port: event.ports[0], sent: 0, read: 0, behind: false };
  tabs.add(tab);
  tab.port.onmessage = ({ data }) => (data.bye ? tabs.delete(tab) : caughtUp(tab, data.read));
  if (!source) connect();
  post(tab, { connection });
  // The server greeted the connection before this tab was there.
  if (connection === 'live') post(tab, { begin: true });
};

function connect() {
  source = new EventSource('/events');
  // "hello" on a new connection, "reset" where too much was missed; a resumed one needs neither.
  source.addEventListener('hello', () => tell({ begin: true }));
  source.addEventListener('reset', () => tell({ begin: true }));
  source.onopen = () => become('live');
  source.onerror = () => become(source.readyState === EventSource.CLOSED ? 'closed' : 'lost');
  for (const type of TYPES) source.addEventListener(type, (event) => tell({ type, data: event.data }));
}

// A browser gives up after some kinds of failure; an operations page must not.
setInterval(() => { if (source && source.readyState === EventSource.CLOSED) connect(); }, RECONNECT_MS);

function become(now) {
  connection = now;
  tell({ connection });
}

function tell(message) {
  for (const tab of tabs) post(tab, message);
}

function post(tab, message) {
  if (tab.behind) return;
  if (tab.sent - tab.read >= MOST_UNREAD) {
    tab.behind = true;
    return;
  }
  tab.sent++;
  tab.port.postMessage(message);
}

/** One that was behind reads everything anew once it has read what it got. */
function caughtUp(tab, read) {
  tab.read = read;
  if (tab.behind && tab.read === tab.sent) {
    tab.behind = false;
    post(tab, { connection });
    post(tab, { begin: true });
  }
}
