/**
 * The buffers of a value that may be moved to another thread: those that a view or the value itself covers whole.
 * What others see as well stays: a part of a larger buffer, Node's pool, shared memory.
 */
export function movableBuffers(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const each = waiting.pop();
    if (typeof each !== "object" || each === null || seen.has(each)) continue;
    seen.add(each);
    const buffer = bufferOf(each);
    if (buffer === undefined) for (const part of partsOf(each)) waiting.push(part);
    else if (buffer instanceof ArrayBuffer && !buffer.detached) found.add(buffer);
  }
  return [...found];
}

/** `null` for a view that does not have its buffer for itself. */
function bufferOf(value: object): ArrayBufferLike | null | undefined {
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return value;
  if (!ArrayBuffer.isView(value)) return undefined;
  return value.byteLength === value.buffer.byteLength ? value.buffer : null;
}

function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value].flat();
  return value instanceof Set || Array.isArray(value) ? value : Object.values(value);
}
