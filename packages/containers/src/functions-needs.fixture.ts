import { readFileSync } from "node:fs";

import { container } from "@polyloom/containers";

const quiet = { onProgress: () => {} };

/** The package is in the image, and not here. */
const PACKAGE: string = "polyloom-test-greeting";

export const greeting = container(
  async (): Promise<string> => ((await import(PACKAGE)) as { greeting: string }).greeting,
  { name: "test-npm", npm: [PACKAGE], ...quiet },
);

export const readText = container((path: string) => readFileSync(path, "utf8"), { name: "test-needs", ...quiet });
