/** Colours and widths of a text for the terminal. */
export interface TextOptions {
  /** Default: whether standard output is a terminal and `NO_COLOR` is unset. */
  readonly color?: boolean;
  /** Columns. Default: those of the terminal, else 100. */
  readonly width?: number;
}

/** Paints a text, or leaves it as it is. */
export type Paint = (text: string, ...styles: readonly Style[]) => string;

/** Looks of a text: SGR codes by name. */
export type Style = keyof typeof CODES;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;

/** Gives a function that paints where colour is wanted. */
export function painter(color: boolean): Paint {
  if (!color) return (text) => text;
  return (text, ...styles) => `${styles.map((style) => `\u001b[${CODES[style]}m`).join("")}${text}\u001b[0m`;
}

/** Whether a stream takes colour: a terminal, unless `NO_COLOR` is set to anything. */
export function takesColor(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
}

/** Fills in what {@link TextOptions} left out, for standard output. */
export function textSettings({ color, width }: TextOptions): { readonly paint: Paint; readonly width: number } {
  return { paint: painter(color ?? takesColor(process.stdout)), width: width ?? columnsIn(process.stdout, 100) };
}

/** The columns of a terminal; of one that does not know them, or says 0, the given number. */
export function columnsIn(stream: { readonly columns?: number }, otherwise: number): number {
  return stream.columns === undefined || stream.columns < 1 ? otherwise : stream.columns;
}

/** A text without the characters that could steer a terminal. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ");
}

/** How many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  return signsOf(text).reduce((sum, sign) => sum + widthOf(sign), 0);
}

/** A text of at most so many columns; an ellipsis stands for what was cut off. */
export function shortened(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let room = columns - 1;
  let kept = "";
  for (const sign of signsOf(text)) {
    room -= widthOf(sign);
    if (room < 0) break;
    kept += sign;
  }
  return `${kept}…`;
}

/** What a reader takes for one sign, such as a letter with its accents. */
function signsOf(text: string): readonly string[] {
  if (/^[\x20-\x7e]*$/.test(text)) return text.split("");
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

function widthOf(sign: string): number {
  return /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u.test(
    sign,
  )
    ? 2
    : 1;
}
