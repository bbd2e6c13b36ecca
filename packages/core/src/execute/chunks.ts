/** Splits item numbers into chunks; with a key, items of equal keys stay in one chunk, in item order. */
export function chunkItems(
  length: number,
  size: number,
  keyOf: ((index: number) => unknown) | undefined,
): Iterator<number[]> {
  return keyOf === undefined ? bySize(length, size) : byKey(length, size, keyOf);
}

function* bySize(length: number, size: number): Generator<number[], undefined> {
  for (let from = 0; from < length; from += size)
    yield Array.from({ length: Math.min(size, length - from) }, (_, i) => from + i);
}

/** Whole groups are put together until a chunk holds at least `size` items. */
function* byKey(length: number, size: number, keyOf: (index: number) => unknown): Generator<number[], undefined> {
  const groups = new Map<unknown, number[]>();
  for (let index = 0; index < length; index++) {
    const key = keyOf(index);
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  let chunk: number[] = [];
  for (const group of groups.values()) {
    chunk = chunk.concat(group);
    if (chunk.length < size) continue;
    yield chunk.toSorted((a, b) => a - b);
    chunk = [];
  }
  if (chunk.length > 0) yield chunk.toSorted((a, b) => a - b);
}
