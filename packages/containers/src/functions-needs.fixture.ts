import { readFileSync } from "node:fs";

import { container } from "@polyloom/containers";

const quiet = { onProgress: () => {} };

export const greeting = container(
  async (): Promise<string> => {
    // @ts-expect-error: the package is in the image, and not here
    const { greeting } = (await import("polyloom-test-greeting")) as { greeting: string };
    return greeting;
  },
  { name: "test-npm", npm: ["polyloom-test-greeting"], ...quiet },
);

export const readText = container((path: string) => readFileSync(path, "utf8"), { name: "test-needs", ...quiet });
