import { FUNCTION_LABEL, ROLE_LABEL } from "../engine/owner.ts";
import type { BaseAbilities } from "../image/base-abilities.ts";
import { UNPRIVILEGED_USER } from "../security/secure-defaults.ts";
import { FUNCTION_FILE, RUNNER_FOLDER } from "../runner/job.ts";
import type { ImagePlan } from "./image-plan.ts";
import { NPM_INSTALL } from "./npm-packages.ts";

/** The stage that holds everything but the function. */
export const BASE_STAGE = "base";

/** Where the files of each kind lie in the build's context. */
export const CONTEXT = {
  manifest: "manifest",
  packages: "packages",
  files: "files",
  runner: "runner",
  function: "function",
} as const;

/**
 * Two stages: what the function needs, and the function with its job. Few instructions, since each costs the classic
 * builder a container; those without a shell in exec form.
 */
export function dockerfile(plan: ImagePlan, abilities: BaseAbilities, port?: number): string {
  return [
    `FROM ${plan.base.name} AS ${BASE_STAGE}`,
    "USER root",
    ...aptLines(plan.apt),
    "WORKDIR /app",
    ...npmLines(plan, abilities),
    ...plan.runCommands.map((command) => `RUN ${command}`),
    ...(plan.copied.files.length > 0 ? [`COPY ${CONTEXT.files}/ /app/`] : []),
    `COPY ${CONTEXT.runner}/ ${RUNNER_FOLDER}/`,
    `USER ${UNPRIVILEGED_USER}`,
    labelLine(plan, "needs"),
    `ENTRYPOINT ["node", "${RUNNER_FOLDER}/runner.mjs"]`,
    "",
    `FROM ${BASE_STAGE}`,
    ...(port === undefined ? [] : [`EXPOSE ${port}`]),
    `COPY ${CONTEXT.function}/ /`,
    labelLine(plan, "deploy"),
    'CMD ["image"]',
    "",
  ].join("\n");
}

/** Where the function's bundle is in the context: at its own path below the folder of the second stage. */
export const FUNCTION_IN_CONTEXT: string = `${CONTEXT.function}${FUNCTION_FILE}`;

function labelLine({ repository }: ImagePlan, role: string): string {
  return `LABEL ${FUNCTION_LABEL}=${repository} ${ROLE_LABEL}=${role}`;
}

function aptLines(apt: readonly string[]): string[] {
  if (apt.length === 0) return [];
  const install = `apt-get install -y --no-install-recommends ${apt.join(" ")}`;
  return [`RUN apt-get update && ${install} && rm -rf /var/lib/apt/lists/*`];
}

function npmLines({ npm }: ImagePlan, abilities: BaseAbilities): string[] {
  if (npm.length === 0) return [];
  if (!abilities.npm) return [`COPY ${CONTEXT.packages}/ /app/`];
  return [`COPY ${CONTEXT.manifest}/ /app/`, `RUN ${JSON.stringify(["npm", ...NPM_INSTALL])}`];
}
