/** Gives back its payload. */
export function process(payload: unknown): unknown {
  return payload;
}
