// Installs the locked dependencies when they are absent or differ from the lock file.
// Plain JavaScript without imports from node_modules, for it runs before anything is installed, on Node 20 too.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const reason = stale();
if (reason !== undefined) install(reason);

/** Why an install is due, or undefined. npm notes what it installed in a hidden lock file of the same form. */
function stale() {
  const wanted = packagesOf("package-lock.json");
  const installed = packagesOf("node_modules/.package-lock.json");
  if (installed === undefined) return "there is no node_modules";
  for (const [path, { version, link, resolved, optional, devOptional, peer }] of Object.entries(wanted)) {
    if (!path.includes("node_modules/") || optional || devOptional || peer) continue;
    const found = installed[path];
    if (found?.version !== version || found?.link !== link || (link && found.resolved !== resolved)) {
      return `${path} is not as locked`;
    }
  }
  return undefined;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(`${root}${file}`, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function install(why) {
  const start = Date.now();
  const flags = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync("npm", flags, {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(`npm ci failed${error ? `: ${error.message}` : ""} (${why})`);
    process.exit(status ?? 1);
  }
  console.log(`Installed the locked dependencies in ${Math.round((Date.now() - start) / 1000)} s (${why}).`);
}
