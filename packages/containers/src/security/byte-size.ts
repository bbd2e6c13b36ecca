import { PolyloomError } from "@polyloom/wire";

/** A number of bytes, or a text such as `512m` or `1.5g`, by powers of 1024. */
export type ByteSize = number | `${number}${"" | "b" | "k" | "m" | "g" | "K" | "M" | "G"}`;

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** A size in bytes; throws container_options_invalid, with the option's name, for what is none. */
export function byteSize(size: ByteSize, option: string): number {
  const match = /^(\d+(?:\.\d+)?)([bkmg]?)$/i.exec(String(size));
  const bytes = match ? Math.floor(Number(match[1]) * UNITS[match[2]!.toLowerCase()]!) : NaN;
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  const message = `${option} is ${JSON.stringify(size)}; give a number of bytes, or a text such as "512m" or "2g".`;
  throw new PolyloomError("container_options_invalid", message, { details: { option, value: size } });
}
