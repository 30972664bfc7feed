// @ts-check
/**
 * All words that a person reads, in the reader's language, and how it writes numbers. Each file in
 * `words/` is a language. Under `words` are the page's texts: `{n}` stands for a value,
 * `{n|photo|photos}` for the word that its number demands. Under `lines` is what the server and the
 * engines say, which they do in English: the English pattern tells which line it is. There `{name}`
 * stands for anything, `{n, number}` for a number, `{why, line}` for a further line. The server puts
 * in what they are in another language, from its catalogue.
 */

const KEPT = 'facelab language';
const SOURCE = 'en';

/** @typedef {{ words: Record<string, string>, lines: Record<string, string> }} Words */

/** @param {string} path @returns {Promise<any>} */
async function json(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** @param {string} code @returns {Promise<Words>} */
const read = (code) => json(`/site/words/${code}.json`);

/** The languages that there are. @type {string[]} */
export const languages = await json('/languages.json').catch(() => [SOURCE]);

/** What the reader has chosen, else the first of the browser's languages that there is. */
function wanted() {
  const kept = localStorage.getItem(KEPT);
  for (const code of [...(kept ? [kept] : []), ...navigator.languages]) {
    if (languages.includes(code)) return code;
    const wider = languages.find((one) => code.startsWith(`${one}-`));
    if (wider) return wider;
  }
  return SOURCE;
}

/** Read the page in another language from now on. @param {string} code */
export function speak(code) {
  localStorage.setItem(KEPT, code);
  location.reload();
}

/** A language's name, as its speakers write it. @param {string} code */
export function nameOf(code) {
  const name = new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
  return name[0].toLocaleUpperCase(code) + name.slice(1);
}

const source = await read(SOURCE);
const choice = wanted();
const chosen = choice === SOURCE ? null : await read(choice).catch(() => null);
const own = chosen ?? source;

/** The reader's language, by its code. */
export const language = chosen ? choice : SOURCE;

const PLURAL = new Intl.PluralRules(language);

/**
 * A text, with its values put in: numbers as the language writes them, other values as they are.
 * @param {string} text
 * @param {Record<string, string | number>} values
 * @param {(value: number) => string} written
 */
function filled(text, values, written) {
  /** @param {string} name */
  const put = (name) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? written(value) : value;
  };
  return text.replace(/\{(\w+)(?:\|((?:[^{}]|\{\w+\})*))?\}/g, (_, name, forms) => {
    if (forms === undefined) return put(name);
    const [one, other] = forms.split('|');
    const form = PLURAL.select(Number(values[name] ?? 0)) === 'one' ? one : other;
    return form.replace(/\{(\w+)\}/g, (/** @type {string} */ __, /** @type {string} */ inner) => put(inner));
  });
}

/** A text of the page. @param {string} key @param {Record<string, string | number>} [values] */
export const say = (key, values = {}) =>
  filled(own.words[key] ?? source.words[key] ?? key, values, whole);

/** Whether there is a text of this name. @param {string} key */
export const known = (key) => key in source.words;

/** @typedef {{ key: string, pattern: RegExp, fields: string[][], literal: number }} Pattern */
/** @type {Pattern[] | undefined} */
let patterns;

/** The English lines as patterns; those that say most by themselves come first. */
function compiled() {
  return Object.entries(source.lines)
    .map(([key, text]) => {
      /** @type {string[][]} */
      const fields = [];
      let literal = 0;
      const parts = text.split(/\{([^{}]+)\}/).map((part, place) => {
        if (place % 2) {
          const field = part.split(', ');
          fields.push(field);
          return field[1] === 'number' ? String.raw`(-?\d[\d,]*(?:\.\d+)?)` : '(.+?)';
        }
        literal += part.length;
        return part.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
      });
      return { key, pattern: new RegExp(`^${parts.join('')}$`, 'is'), fields, literal };
    })
    .sort((a, b) => b.literal - a.literal);
}

/**
 * A line of the server or of an engine, in the reader's language; one that is not known stays as it
 * is.
 * @param {string} line
 * @returns {string}
 */
export function translated(line) {
  if (own === source) return line;
  for (const { key, pattern, fields } of (patterns ??= compiled())) {
    const found = own.lines[key] && pattern.exec(line);
    if (!found) continue;
    /** @param {string} kind @param {string} text */
    const value = (kind, text) =>
      kind === 'number' ? Number(text.replaceAll(',', '')) : kind === 'line' ? translated(text) : text;
    const values = fields.map(([name, kind], place) => [name, value(kind, found[place + 1])]);
    return filled(own.lines[key], Object.fromEntries(values), plain);
  }
  return line;
}

/** @param {Intl.NumberFormatOptions} options */
const format = (options) => new Intl.NumberFormat(language, options);
const WHOLE = format({ maximumFractionDigits: 0 });
const PLAIN = format({ maximumSignificantDigits: 15 });
const THREE = format({ minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
const ONE = format({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const TENTHS = format({ maximumFractionDigits: 1 });

/** A whole number as a reader would write it: 10,300. @param {number} value */
export const whole = (value) => WHOLE.format(value);

/** A parameter, plainly: 0.001 or 1,000,000. @param {number} value */
export const plain = (value) => PLAIN.format(value);

/** A loss with three digits: 1.39, 0.0123. @param {number | null} value */
export function loss(value) {
  if (value === null || !Number.isFinite(value)) return '–';
  if (value !== 0 && Math.abs(value) < 0.001) {
    const [digits, power] = value.toExponential(1).split('e');
    return `${ONE.format(Number(digits))} e${power}`;
  }
  return value >= 1000 ? whole(value) : THREE.format(value);
}

/** A share in percent: 30.6 %. @param {number | null} value */
export function share(value) {
  if (value === null || !Number.isFinite(value)) return '–';
  // 99.96 % is not all, but a mean of float32 that is off by 1e-6 is
  const nearly = value < 0.99999 && Number((value * 100).toFixed(1)) === 100;
  const written = TENTHS.format(nearly ? 99.9 : value * 100);
  return say('percent', { value: nearly ? say('nearlyAll', { value: written }) : written });
}

/** A number beside an axis: 20, 0.5, 12.5k. @param {number} value */
export const tick = (value) =>
  value >= 10_000
    ? say('thousands', { value: TENTHS.format(value / 1000) })
    : plain(Number(value.toPrecision(6)));

const SIGNS = format({ useGrouping: true }).formatToParts(-12345.6);
/** @param {string} type */
const sign = (type) => SIGNS.find((part) => part.type === type)?.value ?? '';

/**
 * The number that a reader has typed, NaN where it is none. Beside the language's own decimal sign a
 * point will do, unless the language sets thousands apart by points; blanks may set them apart where
 * the language does so.
 * @param {string} text
 */
export function typed(text) {
  const [group, decimal] = [sign('group'), sign('decimal')];
  let plainly = text.trim();
  if (plainly === '' || (group === '.' && plainly.includes('.'))) return NaN;
  if (/^\s$/.test(group)) plainly = plainly.replace(/(\d)\s(?=\d{3}(?!\d))/g, '$1');
  return Number(decimal === '.' ? plainly : plainly.replace(decimal, '.'));
}
