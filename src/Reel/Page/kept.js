// What the browser keeps for the tab or on the device. Where it lets nothing be kept, it lasts as long as the page.

const areas = { tab: () => sessionStorage, device: () => localStorage };
const memory = new Map();

export function recall(area, name) {
  const own = memory.get(`${area} ${name}`);
  if (own !== undefined) return own;
  try {
    return areas[area]().getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text; null forgets it. */
export function keep(area, name, text) {
  memory.delete(`${area} ${name}`);
  try {
    if (text === null) areas[area]().removeItem(name);
    else areas[area]().setItem(name, text);
  } catch {
    if (text !== null) memory.set(`${area} ${name}`, text);
  }
}
