// @ts-check
/** What the engine's workers ask of the page's server. */

/** Milliseconds that the server has to answer. */
const PATIENCE = 60_000;

/**
 * @param {string} path
 * @param {unknown} [body] sent as JSON, if any
 * @returns {Promise<Response>} a good answer; the server's line is thrown where it refuses
 */
export async function request(path, body) {
  const sent = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const options = { signal: AbortSignal.timeout(PATIENCE), ...(body ? sent : {}) };
  const answer = await fetch(path, options).catch(() => {
    throw new Error('the server does not answer: start `facelab page` again, then try again');
  });
  if (answer.ok) return answer;
  const text = await answer.text();
  throw new Error(lineOf(text) || `${path}: the server answered ${answer.status}`);
}

/** @param {string} text */
function lineOf(text) {
  try {
    return String(JSON.parse(text).error ?? '');
  } catch {
    return text.trim().split('\n')[0].slice(0, 300);
  }
}

/** @param {string} text base64 @returns {ArrayBuffer} */
export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;

/** @param {ArrayBufferView} numbers */
export function base64(numbers) {
  const content = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  let text = '';
  for (let at = 0; at < content.length; at += 8192) text += String.fromCharCode(...content.subarray(at, at + 8192));
  return btoa(text);
}
