// The models as the API describes them: asked for once.

import { get } from './api.js';

let models = [];
let asking = null;

/** Comes back when the models, and so their names, are known. */
export function knowModels() {
  asking ??= get('v2/models').then((answer) => { models = answer; }).finally(() => { if (models.length === 0) asking = null; });
  return asking;
}

export const allModels = () => models;

export const modelOf = (slug) => models.find((one) => one.slug === slug);

/** A model's name for people. */
export const modelTitle = (slug) => modelOf(slug)?.title ?? slug ?? '';
