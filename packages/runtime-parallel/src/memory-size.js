const UNITS = { "": 1, B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };
/** Reads a number of bytes, also from a text such as `"512MB"`, in units of 1024; `undefined` for what is no size. */
export function memorySize(size) {
  const [, amount, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?B)?\s*$/i.exec(String(size)) ?? [];
  return amount === undefined ? undefined : Math.floor(Number(amount) * UNITS[unit.toUpperCase()]);
}
