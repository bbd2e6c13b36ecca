import { existsSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { defineNode } from "@polyloom/core";
import { z } from "zod";

const surroundings = z.object({
  uid: z.number(),
  env: z.record(z.string(), z.string().optional()),
  data: z.string(),
  scratch: z.number(),
  root: z.string(),
});

/** What {@link look} gives. */
export type Surroundings = z.output<typeof surroundings>;

/** What a node finds around itself. */
export const look = defineNode({
  name: "look",
  input: z.object({ after: z.unknown().optional() }),
  output: surroundings,
  run: () => ({
    uid: process.getuid!(),
    env: { ...process.env },
    data: existsSync("/in/data.txt") ? readFileSync("/in/data.txt", "utf8") : "",
    scratch: existsSync("/scratch") ? statfsSync("/scratch").blocks * statfsSync("/scratch").bsize : 0,
    root: writeTo("/written"),
  }),
});

function writeTo(path: string): string {
  try {
    writeFileSync(path, "");
    return "written";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code!;
  }
}
