/** A step into a value: a property, an index, or a call such as `get("k")` for what Maps hold. */
export type PathKey = string | number | { readonly call: string };

const LONGEST = 24;

/** Writes the path into a value as code, such as `rows[3].fn`; a long one loses its middle. */
export function formatPath(root: string, keys: readonly PathKey[]): string {
  if (keys.length <= LONGEST) return root + joinKeys(keys, root === "");
  const start = root + joinKeys(keys.slice(0, LONGEST / 2), root === "");
  const hidden = keys.length - LONGEST;
  return `${start}…(${hidden} more)…${joinKeys(keys.slice(-LONGEST / 2), false)}`;
}

function joinKeys(keys: readonly PathKey[], isFirst: boolean): string {
  const text = keys.map(formatKey).join("");
  return isFirst && text.startsWith(".") ? text.slice(1) : text;
}

function formatKey(key: PathKey): string {
  if (typeof key === "number") return `[${key}]`;
  if (typeof key === "object") return `.${key.call}`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${quote(key)}]`;
}

function quote(key: string): string {
  return JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key);
}
