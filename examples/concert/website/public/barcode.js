/** A ticket's code as a Code 128 barcode (ISO/IEC 15417, code set B), which any scanner at a door reads. Pure. */

/** Widths of bars and spaces for the values 0 to 105 (eleven modules each) and for the stop sign (thirteen). */
const patterns = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 ' +
  '123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 ' +
  '232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 ' +
  '313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 ' +
  '111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 ' +
  '114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'
).split(' ');
const startB = 104;
const stop = 106;

/** The symbol values of a text: start, characters, check sum, stop. @param {string} text printable ASCII */
export function symbolsOf(text) {
  const values = [...text].map((character) => {
    const code = character.charCodeAt(0);
    if (code < 32 || code > 126)
      throw new RangeError(`"${character}" cannot be part of a barcode: use printable ASCII`);
    return code - 32;
  });
  const sum = values.reduce((total, value, index) => total + value * (index + 1), startB);
  return [startB, ...values, sum % 103, stop];
}

/**
 * The bars as an SVG path, one unit per module.
 * @param {string} text printable ASCII
 * @returns {{width: number, path: string}} the width includes ten quiet modules on each side
 */
export function barcode(text) {
  let x = 10;
  let path = '';
  for (const symbol of symbolsOf(text)) {
    const widths = patterns[symbol] ?? '';
    for (let i = 0; i < widths.length; i++) {
      const width = Number(widths[i]);
      if (i % 2 === 0) path += `M${x} 0h${width}v40h-${width}z`;
      x += width;
    }
  }
  return { width: x + 10, path };
}
