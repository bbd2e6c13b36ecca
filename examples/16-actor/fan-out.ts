const CHUNK = 100;

/** Splits a text: a list is one message an item. */
export function process({ text }: { readonly text: string }): object[] {
  const count = Math.ceil(text.length / CHUNK);
  return Array.from({ length: count }, (_, index) => ({
    chunk_id: index,
    text: text.slice(index * CHUNK, (index + 1) * CHUNK),
  }));
}
