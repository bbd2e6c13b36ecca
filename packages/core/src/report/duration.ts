const MINUTE = 60_000;

/** Writes a duration of milliseconds for people: `40 µs`, `2.5 ms`, `12 ms`, `1.5 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (!(milliseconds >= 0 && milliseconds < Infinity)) return "?";
  if (milliseconds < 0.9995) return `${Math.round(milliseconds * 1000)} µs`;
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < MINUTE - 50) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
