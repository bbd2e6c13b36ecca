import { writeFileSync } from "node:fs";
import { ERROR_CODES } from "@polyloom/wire";

/** Where {@link errorPage} belongs. */
export const ERROR_PAGE: string = `${import.meta.dirname}/errors.md`;

const HEAD = `# Error codes

Written from \`ERROR_CODES\` of \`@polyloom/wire\` by \`npm run docs:errors\`; never by hand.

Every error of Polyloom has one of these codes as \`code\`, and facts as \`details\`. \`hasCode(error, "node_timeout")\` asks for one. The message says what was found, and where; this page says why, and what to do.
`;

/** The text of `docs/errors.md`: a heading for each code, in alphabetical order. */
export function errorPage(): string {
  const sections = Object.entries(ERROR_CODES)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { cause, remedy }]) => `## ${code}\n\n${cause}\n\n*Remedy:* ${remedy}\n`);
  return [HEAD, ...sections].join("\n");
}

if (import.meta.main) writeFileSync(ERROR_PAGE, errorPage());
