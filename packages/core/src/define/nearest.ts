/** Longer names are no slips of the pen, and comparing them takes the product of their lengths. */
const LONGEST = 100;

/** The known name nearest to a misspelt one, as a half-sentence; empty where none is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  if (name.length > LONGEST) return "";
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const candidate of known) {
    if (candidate.length > LONGEST) continue;
    const away = distance(name.toLowerCase(), candidate.toLowerCase(), least);
    if (away < least) [best, least] = [candidate, away];
  }
  return best === undefined ? "" : `did you mean "${best}"?`;
}

/** A few of the known names, for a message. */
export function listNames(names: Iterable<string>): string {
  const all = [...names].map((name) => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name));
  if (all.length === 0) return "none";
  return all.length > 8 ? `${all.slice(0, 8).join(", ")} and ${all.length - 8} more` : all.join(", ");
}

/** Levenshtein's distance, by rows. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
