// A form field from a parameter's schema: what it takes decides what it looks like.

import { el, setText } from './dom.js';

const fewChoices = 4;

/** The name of a parameter for people. */
export const labelOf = (name) => (name[0].toUpperCase() + name.slice(1)).replaceAll('_', ' ').replace(/\burl\b/, 'URL').replace(/^Cfg scale$/, 'Closeness to the prompt');

/** Whether a field belongs to the first few that are shown at once. */
export const isProminent = (parameter) =>
  parameter.required || parameter.name === 'prompt' || parameter.type === 'boolean' || parameter.format === 'uri' || parameter.enum?.length > 1;

// "5 s" or "16:9" says it all to who sees it.
const isPlain = (parameter) => parameter.enum?.length <= fewChoices && parameter.enum.every((value) => /^\d/.test(value));

/**
 * Makes a field. It has: root, the element; read(), its value, undefined where the default is meant; write(value); show(fault), in the API's words or
 * none; focus().
 */
export function makeField(parameter, onChange) {
  const id = `field-${parameter.name}`;
  const kind = kinds.find((one) => one.fits(parameter));
  const input = kind.make(parameter, id, onChange);
  const help = el('p', { id: `${id}-help`, class: isPlain(parameter) ? 'unseen' : 'help' }, parameter.description);
  const fault = el('p', { id: `${id}-fault`, class: 'fault' });
  const described = `${id}-fault ${id}-help`;
  const label = [labelOf(parameter.name), parameter.required ? el('span', { class: 'needed' }, ' required') : null];
  for (const element of input.inputs) element.setAttribute('aria-describedby', described);
  const root = input.isGroup
    ? el('fieldset', { class: `field ${kind.name}${isPlain(parameter) ? ' plain' : ''}`, 'aria-describedby': described }, el('legend', {}, ...label), input.root, fault, help)
    : el('div', { class: `field ${kind.name}` }, kind.name === 'flag'
        ? el('label', { class: 'switch', for: id }, input.root, el('span', { class: 'track', 'aria-hidden': 'true' }), el('span', {}, ...label))
        : el('label', { for: id }, ...label), kind.name === 'flag' ? null : input.root, fault, help);
  return {
    name: parameter.name,
    root,
    read: input.read,
    write: input.write,
    show(text) {
      setText(fault, text ? `${labelOf(parameter.name)} ${text}.` : '');
      root.classList.toggle('wrong', Boolean(text));
      for (const element of input.inputs) {
        if (text) element.setAttribute('aria-invalid', 'true');
        else element.removeAttribute('aria-invalid');
      }
    },
    focus: () => (input.inputs.find((one) => one.checked) ?? input.inputs[0]).focus(),
  };
}

// In the order in which they are asked whether they fit.
const kinds = [
  { name: 'choice', fits: (p) => p.enum && p.enum.length <= fewChoices, make: makeChoice },
  { name: 'select', fits: (p) => p.enum, make: makeSelect },
  { name: 'flag', fits: (p) => p.type === 'boolean', make: makeFlag },
  { name: 'range', fits: (p) => p.type !== 'string' && p.minimum !== undefined && p.maximum !== undefined, make: makeRange },
  { name: 'number', fits: (p) => p.type !== 'string', make: (p, id, onChange) => makeText(p, id, onChange, el('input', { id, type: 'number', step: p.type === 'integer' ? 1 : 'any', min: p.minimum, max: p.maximum }), Number) },
  { name: 'link', fits: (p) => p.format === 'uri', make: (p, id, onChange) => makeText(p, id, onChange, el('input', { id, type: 'url', inputmode: 'url', placeholder: 'https://…', autocomplete: 'off' })) },
  { name: 'text', fits: () => true, make: (p, id, onChange) => makeText(p, id, onChange, el('textarea', { id, rows: p.name === 'prompt' ? 4 : 2, dir: 'auto', placeholder: p.name === 'prompt' ? 'A lighthouse in a storm, seen from the sea…' : p.default })) },
];

function makeChoice(parameter, id, onChange) {
  const inputs = parameter.enum.map((value, index) => el('input', {
    id: index === 0 ? id : `${id}-${index}`, type: 'radio', name: id, value: index, required: parameter.required, onchange: onChange,
  }));
  const write = (value) => inputs.forEach((input, index) => { input.checked = String(parameter.enum[index]) === String(value); });
  write(parameter.default);
  return {
    isGroup: true,
    inputs,
    root: el('div', { class: 'segments' }, inputs.map((input, index) => el('label', { for: input.id }, input, el('span', {}, show(parameter, parameter.enum[index]))))),
    read: () => unlessDefault(parameter, parameter.enum[inputs.findIndex((input) => input.checked)]),
    write: (value) => write(value ?? parameter.default),
  };
}

function makeSelect(parameter, id, onChange) {
  const root = el('select', { id, onchange: onChange }, parameter.enum.map((value, index) => el('option', { value: index }, String(value))));
  const write = (value) => { root.selectedIndex = parameter.enum.findIndex((one) => String(one) === String(value ?? parameter.default)); };
  write(parameter.default);
  return { inputs: [root], root, read: () => unlessDefault(parameter, parameter.enum[root.selectedIndex]), write };
}

function makeFlag(parameter, id, onChange) {
  const root = el('input', { id, type: 'checkbox', role: 'switch', onchange: onChange });
  const write = (value) => { root.checked = (value ?? parameter.default) === true; };
  write();
  return { inputs: [root], root, read: () => unlessDefault(parameter, root.checked), write };
}

function makeRange(parameter, id, onChange) {
  const input = el('input', {
    id, type: 'range', min: parameter.minimum, max: parameter.maximum, step: parameter.type === 'integer' ? 1 : (parameter.maximum - parameter.minimum) / 20, oninput: changed,
  });
  const output = el('output', { for: id });
  const write = (value) => {
    input.value = value ?? parameter.default ?? parameter.minimum;
    output.value = input.value;
  };
  write();
  function changed() {
    output.value = input.value;
    onChange();
  }
  return { inputs: [input], root: el('div', { class: 'slide' }, input, output), read: () => unlessDefault(parameter, Number(input.value)), write };
}

function makeText(parameter, id, onChange, input, convert = String) {
  input.addEventListener('input', onChange);
  if (parameter.max_length) input.setAttribute('maxlength', parameter.max_length);
  if (parameter.required) input.setAttribute('required', '');
  return {
    inputs: [input],
    root: input,
    read: () => (input.value.trim() === '' ? undefined : convert(input.value)),
    write: (value) => { input.value = value ?? ''; },
  };
}

// What is the provider's default is not sent: it stays the provider's.
const unlessDefault = (parameter, value) => (value === undefined || value === parameter.default ? undefined : value);

const show = (parameter, value) => (parameter.name === 'duration' ? `${value} s` : String(value));
