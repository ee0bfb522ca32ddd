// What concerns all of the page.

/** Tells "unauthorized" (with the API's words), "away" (with "text", a "name" of what was asked and "isBack", which asks again) and "key". */
export const happenings = new EventTarget();

export const tell = (name, detail) => happenings.dispatchEvent(new CustomEvent(name, { detail }));
