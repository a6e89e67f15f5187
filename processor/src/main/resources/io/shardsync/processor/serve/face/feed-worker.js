// One connection to the server's events, shared by all tabs of this browser. It outlives the tab that started it, so it knows
// nothing of any page. Change FEED in feed.js with this file.

import { follow } from './feed-source.js';

/** A tab that the browser has put to sleep takes nothing; what waits for it is kept within bounds. */
const MOST_UNREAD = 20000;

const tabs = new Set();
let now = { connection: 'connecting', lostAt: null };

onconnect = (event) => {
  const tab = { port: event.ports[0], sent: 0, read: 0, behind: false };
  tabs.add(tab);
  tab.port.onmessage = ({ data }) => (data.bye ? tabs.delete(tab) : caughtUp(tab, data.read));
  post(tab, now);
  // The server greeted the connection before this tab was there, and greets none that goes on after a loss.
  if (now.connection !== 'connecting') post(tab, { begin: true });
};

follow((message) => {
  if (message.connection) now = message;
  for (const tab of tabs) post(tab, message);
});

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
    post(tab, now);
    post(tab, { begin: true });
  }
}
