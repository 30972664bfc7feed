// @ts-check
/** Notices: what goes wrong, a line each, and what was just done. */

import { byId, make } from './element.js';
import { say } from './words.js';

const errors = byId('errors', HTMLElement);
const status = byId('status', HTMLElement);

/**
 * Show a problem. One of the same `about` replaces the one before.
 * @param {string} line
 * @param {string} [about]
 */
export function problem(line, about = line) {
  solved(about);
  const close = make('button', {
    type: 'button',
    className: 'plain',
    textContent: '×',
    aria: { label: say('close') },
  });
  const shown = make('p', { data: { about } }, make('span', { textContent: line }), close);
  close.onclick = () => shown.remove();
  errors.append(shown);
}

/** A problem is no more. @param {string} about */
export function solved(about) {
  for (const shown of errors.querySelectorAll('p'))
    if (shown.dataset.about === about) shown.remove();
}

/** Say what was done. @param {string} line */
export function tell(line) {
  status.textContent = line;
}
