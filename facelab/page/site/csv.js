// @ts-check
/** Tables as CSV (RFC 4180). */

/**
 * A name that begins like a formula is quoted, since a spreadsheet would run it.
 * @param {string | number} value
 */
function cell(value) {
  const text =
    typeof value === 'string' && /^[=+\-@\t]/.test(value) && Number.isNaN(Number(value))
      ? `'${value}`
      : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {(string | number)[][]} rows the first one is the head @returns {Blob} */
export function csv(rows) {
  const text = rows.map((row) => row.map(cell).join(',') + '\r\n').join('');
  return new Blob([text], { type: 'text/csv;charset=utf-8' });
}
