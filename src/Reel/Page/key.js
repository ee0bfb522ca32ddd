// The API key: kept for the tab or on the device, and forgotten in every tab at once.

import { tell } from './happenings.js';
import { keep, recall } from './kept.js';

const keyName = 'reel-key';
const tabs = 'BroadcastChannel' in window ? new BroadcastChannel(keyName) : null;

export const apiKey = () => recall('tab', keyName) ?? recall('device', keyName);

/** Keeps a key for this tab, or on this device; null forgets it, here and in the other tabs. */
export function keepKey(key, onDevice) {
  keep('tab', keyName, null);
  keep('device', keyName, null);
  if (key) keep(onDevice ? 'device' : 'tab', keyName, key);
  else tabs?.postMessage('forget');
  tell('key');
}

tabs?.addEventListener('message', () => {
  keep('tab', keyName, null);
  keep('device', keyName, null);
  tell('key');
});

// Who has a key for the tab goes on with that.
addEventListener('storage', (event) => {
  if (event.storageArea === recallable() && event.key === keyName && recall('tab', keyName) === null) tell('key');
});

function recallable() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
