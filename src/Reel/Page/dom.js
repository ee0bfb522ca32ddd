// Elements. Text is always text: nothing on this page parses HTML, and its Content-Security-Policy would not let it.

const svgNames = new Set(['svg', 'path', 'circle', 'rect', 'line', 'g', 'title']);

/** Makes an element. Properties that begin with "on" are listeners, the others attributes; null, undefined and false leave one out. */
export function el(name, properties = {}, ...children) {
  const element = svgNames.has(name) ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Somebody else's words: shown as they are, and what they say of direction stays in them. */
export const quoted = (text, properties = {}) => el('bdi', { dir: 'auto', ...properties }, text);

export const byId = (id) => document.getElementById(id);

/** Sets text only where it differs, so that nothing is announced or laid out anew for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Says something to those who do not see it happen. */
export function announce(text) {
  const news = byId('news');
  news.textContent = '';
  // The same words twice are told twice only if there was nothing in between.
  requestAnimationFrame(() => { news.textContent = text; });
}

/** An icon of one path on a 24 by 24 grid. */
export const icon = (path) => el('svg', { viewBox: '0 0 24 24', width: 20, height: 20, 'aria-hidden': 'true', class: 'icon' }, el('path', { d: path }));

export const icons = {
  play: 'M8 5.5v13l11-6.5z',
  back: 'M15 5l-7 7 7 7',
};
