/** A value in a message: short, and never throwing. */
export function show(value: unknown): string {
  try {
    const text = typeof value === "string" ? JSON.stringify(value) : String(value);
    return text.length > 80 ? `${text.slice(0, 80)}…` : text;
  } catch {
    return typeof value === "function" ? "a function" : "an object";
  }
}
